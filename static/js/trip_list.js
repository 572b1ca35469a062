// The list of sightings: crop, plate, moment, verdict. Rows far away are not laid out, so thousands stay quick.
import { clock, h, icon, percent } from "./dom.js";
import { plateChip } from "./plate.js";

export function makeList(trip) {
  const list = document.getElementById("list");
  const count = document.getElementById("list-count");
  const filter = document.getElementById("list-filter");
  const doubtful = document.getElementById("list-doubtful");
  let rows = new Map();

  const wanted = (sighting) => {
    const typed = filter.value.toUpperCase().replace(/[^\p{L}\p{N}?]/gu, "");
    return (!typed || sighting.plate.includes(typed)) && (!doubtful.checked || sighting.doubtful);
  };
  const shown = () => trip.data.sightings.filter(wanted);

  /** A row that has not changed stays the same element, so that the list keeps its place and its focus. */
  function refresh() {
    const before = rows;
    rows = new Map();
    const found = shown();
    for (const sighting of found) {
      const signature = JSON.stringify(sighting);
      const old = before.get(sighting.id);
      rows.set(sighting.id, old?.signature === signature ? old : { signature, element: row(sighting) });
    }
    const elements = [...rows.values()].map((one) => one.element);
    if (!elements.length || elements.length !== list.children.length || elements.some((element, index) => list.children[index] !== element)) {
      list.replaceChildren(...(elements.length ? elements : [empty()]));
    }
    const total = trip.data.sightings.length;
    count.textContent = found.length === total ? String(total) : `${found.length} of ${total}`;
    choose(trip.now, false);
  }

  function row(sighting) {
    const picture = sighting.crop ? h("img.crop", { src: sighting.crop, alt: "", loading: "lazy" }) : h("span.crop.none", {}, "no picture");
    const time = h("button.seen-time", { type: "button", "aria-label": `Play ${sighting.plate || "unreadable plate"} at ${clock(sighting.at)}` }, clock(sighting.at));
    const open = h("a", { href: `/sightings/${sighting.id}/`, title: "All reads, and correcting", "aria-label": `Open the sighting of ${sighting.plate || "an unreadable plate"}` }, icon("turn"));
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
    const words = trip.data.sightings.length ? "Nothing fits the filter." : active ? "The first plates appear here as soon as a part has been read." : "No plate was found on this trip.";
    return h("li.card-body.small.muted", {}, words);
  }

  function mark(name, id) {
    for (const [one, { element }] of rows) element.classList.toggle(name, one === id);
  }

  function choose(id, scroll = true) {
    mark("now", id);
    if (!scroll) return;
    const element = rows.get(id)?.element;
    if (!element) return;
    const [top, bottom] = [element.offsetTop, element.offsetTop + element.offsetHeight];
    if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 2;
  }

  for (const control of [filter, doubtful]) control.addEventListener("input", refresh);
  return { refresh, shown, choose, light: (id) => mark("lit", id) };
}

function verdict(sighting) {
  const tag = (tone, shape, words) => h("span", { class: `tag ${tone}`, title: words }, icon(shape), h("span.tag-words", {}, words));
  const list = [];
  if (sighting.flagged) list.push(tag("watched", "flag", "Flagged"));
  if (sighting.state === "rejected") list.push(tag("wrong", "wrong", "Not a plate"));
  else if (sighting.state === "corrected") list.push(tag("certain", "pen", "Corrected"));
  else if (sighting.state === "confirmed") list.push(tag("certain", "certain", "Confirmed"));
  else list.push(sighting.doubtful ? tag("doubtful", "doubtful", percent(sighting.confidence)) : tag("certain", "certain", percent(sighting.confidence)));
  return list;
}
