// The list of sightings: crop, plate, moment, verdict. Only the rows in view exist, so that thousands stay quick.
import { clock, h, icon, percent } from "./dom.js";
import { plateChip } from "./plate.js";

const BEYOND = 6; // rows kept above and below those in view

export function makeList(trip) {
  const list = document.getElementById("list");
  const count = document.getElementById("list-count");
  const filter = document.getElementById("list-filter");
  const doubtful = document.getElementById("list-doubtful");
  const rows = new Map(); // id → {signature, element} of the rows that exist
  let found = [];
  let lit = null;
  let high = 1; // pixels of a row

  const wanted = (sighting) => {
    const typed = filter.value.toUpperCase().replace(/[^\p{L}\p{N}?]/gu, "");
    return (!typed || sighting.plate.includes(typed)) && (!doubtful.checked || sighting.doubtful);
  };

  function refresh() {
    found = trip.data.sightings.filter(wanted);
    const total = trip.data.sightings.length;
    list.style.setProperty("--rows", found.length);
    high = parseFloat(getComputedStyle(list).getPropertyValue("--row"));
    count.textContent = found.length === total ? String(total) : interpolate(gettext("%(shown)s of %(all)s"), { shown: found.length, all: total }, true);
    paint();
  }

  /** Bring the rows in view up to date; one that has not changed stays the same element and keeps its focus. */
  function paint({ all = false } = {}) {
    if (!found.length) {
      rows.clear();
      list.replaceChildren(empty());
      return;
    }
    const first = all ? 0 : Math.max(0, Math.floor(list.scrollTop / high) - BEYOND);
    const last = all ? found.length : Math.min(found.length, Math.ceil((list.scrollTop + list.clientHeight) / high) + BEYOND);
    const inView = found.slice(first, last);
    const ids = new Set(inView.map((sighting) => sighting.id));
    for (const id of rows.keys()) if (!ids.has(id) && !holdsFocus(id)) rows.delete(id);
    const elements = inView.map((sighting, index) => placed(sighting, first + index));
    for (const old of [...list.children]) if (!elements.includes(old)) old.remove();
    elements.forEach((element, index) => list.children[index] !== element && list.insertBefore(element, list.children[index] ?? null));
  }

  const holdsFocus = (id) => rows.get(id).element.contains(document.activeElement);

  function placed(sighting, index) {
    const signature = JSON.stringify(sighting);
    const old = rows.get(sighting.id);
    const made = old?.signature === signature ? old : { signature, element: row(sighting) };
    rows.set(sighting.id, made);
    made.element.style.setProperty("--index", index);
    made.element.setAttribute("aria-posinset", index + 1);
    made.element.setAttribute("aria-setsize", found.length);
    made.element.classList.toggle("now", sighting.id === trip.now);
    made.element.classList.toggle("lit", sighting.id === lit);
    return made.element;
  }

  function row(sighting) {
    const picture = sighting.crop ? h("img.crop", { src: sighting.crop, alt: "", loading: "lazy" }) : h("span.crop.none", {}, gettext("no picture"));
    const time = h("button.seen-time", { type: "button", "aria-label": interpolate(gettext("Show %(plate)s at %(time)s"), { plate: sighting.plate || gettext("unreadable plate"), time: clock(sighting.at) }, true) }, clock(sighting.at));
    const open = h("a", { href: `/sightings/${sighting.id}/`, title: gettext("All reads, and correcting"), "aria-label": interpolate(gettext("Open the sighting of %(plate)s"), { plate: sighting.plate || gettext("an unreadable plate") }, true) }, icon("turn"));
    const element = h(
      "li", { class: `seen ${sighting.state}`, "data-sighting": sighting.id },
      time, picture, h("div", {}, plateChip(sighting)), h("div.seen-end", {}, verdict(sighting), open),
    ); // prettier-ignore
    element.addEventListener("click", (event) => !event.target.closest("a, [data-copy]") && trip.go(sighting.id));
    element.addEventListener("mouseenter", () => trip.light(sighting.id));
    element.addEventListener("mouseleave", () => trip.light(null));
    return element;
  }

  function empty() {
    const active = ["waiting", "reading"].includes(trip.data.trip.state);
    const words = trip.data.sightings.length ? gettext("Nothing fits the filter.") : active ? gettext("The first plates appear here as soon as a part has been read.") : gettext("No plate was found on this trip.");
    return h("li.card-body.small.muted", {}, words);
  }

  /** Move the list to a row if it is out of view. */
  function choose(id) {
    const index = found.findIndex((sighting) => sighting.id === id);
    if (index >= 0) {
      const top = index * high;
      if (top < list.scrollTop || top + high > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 2;
    }
    paint();
  }

  function light(id) {
    rows.get(lit)?.element.classList.remove("lit");
    lit = id;
    rows.get(lit)?.element.classList.add("lit");
  }

  const restart = () => ((list.scrollTop = 0), refresh());
  for (const control of [filter, doubtful]) control.addEventListener("input", restart);
  list.addEventListener("scroll", () => paint(), { passive: true });
  addEventListener("beforeprint", () => paint({ all: true }));
  addEventListener("afterprint", () => paint());
  // The list grows and shrinks as the video's size becomes known; the row that is on stays in sight.
  new ResizeObserver(() => found.length && choose(trip.now)).observe(list);
  return { refresh, shown: () => found, choose, light };
}

function verdict(sighting) {
  const tag = (tone, shape, words) => h("span", { class: `tag ${tone}`, title: words }, icon(shape), h("span.tag-words", {}, words));
  const list = [];
  if (sighting.watched) list.push(tag("watched", "watched", gettext("Watched")));
  if (sighting.flagged) list.push(tag("watched", "flag", gettext("Flagged")));
  if (sighting.state === "rejected") list.push(tag("wrong", "wrong", gettext("Not a plate")));
  else if (sighting.state === "corrected") list.push(tag("certain", "pen", gettext("Corrected")));
  else if (sighting.state === "confirmed") list.push(tag("certain", "certain", gettext("Confirmed")));
  else list.push(sighting.doubtful ? tag("doubtful", "doubtful", percent(sighting.confidence)) : tag("certain", "certain", percent(sighting.confidence)));
  return list;
}
