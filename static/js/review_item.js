// One sighting on the review page: what it shows, and what stands in the box.
import { api, clock, h, icon, number, percent, svg, when } from "./dom.js";
import { plateChip } from "./plate.js";
import { voteTable } from "./vote_matrix.js";

const MOST_CANDIDATES = 5;
const WORDS = {
  wrong_read: gettext("The plate is read wrongly"),
  not_a_plate: gettext("This is no plate"),
  wrong_place: gettext("The place is wrong"),
  wrong_time: gettext("The time is wrong"),
  interesting: gettext("Worth a look"),
  other: gettext("Something else"),
};

export function makeItemView(box) {
  const root = document.getElementById("review");
  const field = (name) => root.querySelector(`[data-field="${name}"]`);
  const votes = document.getElementById("review-votes");
  const votesButton = root.querySelector("[data-act=votes]");
  let item = null;

  const fact = (name, ...words) => [h("dt", {}, name), h("dd", {}, ...words)];
  const picture = (url, alt, none) => (url ? h("img", { src: url, alt }) : h("p.muted.small", {}, none));

  function tags() {
    const open = item.flags.filter((flag) => !flag.resolved_at);
    return [
      h("span.tag.doubtful", {}, icon("doubtful"), percent(item.score)),
      item.plate_source === "alias" ? h("span.tag", {}, icon("alias"), gettext("By alias")) : null,
      ...open.map((flag) => h("span.tag.watched", { title: flag.note || null }, icon("flag"), WORDS[flag.reason] ?? flag.reason)),
    ].filter(Boolean);
  }

  function candidate(one, index) {
    const take = h("button.plain-plate.as-link", { type: "button", "aria-keyshortcuts": String(index + 1), onclick: () => put(one.plate) }, h("kbd", { "aria-hidden": "true" }, String(index + 1)), one.plate);
    const meter = h("div.meter", { style: `--value:${(one.score * 100).toFixed(1)}` }, h("i"));
    return h("tr", { "data-candidate": one.plate }, h("th", { scope: "row" }, take), h("td", {}, meter), h("td.num", {}, percent(one.score)));
  }

  function frame(seen) {
    const show = () => field("crop").replaceChildren(picture(seen.crop_url, gettext("The plate in this frame")));
    const crop = seen.crop_url
      ? h("button.strip-crop", { type: "button", "aria-label": interpolate(gettext("Show the frame at %(time)s"), { time: clock(seen.position_sec) }, true), onclick: show }, h("img", { src: seen.crop_url, alt: "" }))
      : h("span.strip-crop.none", {}, gettext("not kept"));
    return h("li.strip-item", {}, crop, h("span", { class: seen.plate === item.plate ? "strip-read" : "strip-read differs" }, seen.plate || "–"), h("span.small.muted", {}, `${percent(seen.score)} · ${number(seen.position_sec, 1)} s`));
  }

  function around() {
    const shown = [picture(item.context_url, gettext("The picture around the plate"), gettext("The picture around it was not kept."))];
    const place = item.context_box;
    if (item.context_url && place) shown.push(svg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { x: place.x, y: place.y, width: place.w, height: place.h })));
    field("context").replaceChildren(...shown);
  }

  function facts() {
    const seen = item.timestamp ? when(item.timestamp, { dateStyle: "medium", timeStyle: "medium" }) : interpolate(gettext("at %(time)s of the video"), { time: clock(item.position_sec) }, true);
    const list = [fact(gettext("Seen"), seen), fact(gettext("Trip"), h("a", { href: `/trips/${item.trip}/#s${item.id}` }, item.trip_name ?? gettext("Its trip")))];
    if (item.vehicle) list.push(fact(gettext("Vehicle"), item.vehicle.name));
    if (item.plate !== item.plate_raw) list.push(fact(gettext("Machine read"), h("span.plain-plate", {}, item.plate_raw || gettext("nothing"))));
    for (const flag of item.flags.filter((one) => !one.resolved_at && one.note)) list.push(fact(gettext("Flag says"), flag.note));
    field("facts").replaceChildren(...list.flat());
  }

  /** Put a text into the box, to be said with Enter. */
  function put(text) {
    box.value = text;
    changed();
  }

  function changed() {
    const text = box.value.toUpperCase().trim();
    const same = text === item.plate;
    field("save-words").textContent = same || !text ? gettext("Confirm") : interpolate(gettext("Save %(text)s"), { text }, true);
    field("hint").textContent = "";
    for (const row of field("candidates").children) row.classList.toggle("chosen", row.dataset.candidate === text);
  }

  function show(next) {
    item = next;
    root.hidden = false;
    closeVotes();
    field("crop").replaceChildren(picture(item.crop_url, gettext("The plate as the camera saw it"), gettext("The picture of this plate was not kept.")));
    const person = item.plate_source === "person" || item.plate_source === "alias";
    field("chip").replaceChildren(plateChip({ plate: item.plate, region: item.likely_region, characters: person ? [] : item.characters, size: "l" }));
    field("verdict").replaceChildren(...tags());
    field("flag-words").hidden = !item.flagged;
    field("candidates").replaceChildren(...item.candidates.slice(0, MOST_CANDIDATES).map(candidate));
    field("strip").replaceChildren(...item.observations.map(frame));
    field("frames").textContent = interpolate(item.observations.length < item.reads_count ? gettext("%(read)s read, %(kept)s kept") : gettext("%(read)s read"), { read: item.reads_count, kept: item.observations.length }, true);
    field("open").href = `/sightings/${item.id}/`;
    field("play").href = `/trips/${item.trip}/#s${item.id}`;
    field("all-so").href = `/review/batch/?text=${encodeURIComponent(item.plate)}`;
    field("all-so").hidden = !item.plate;
    around();
    facts();
    put(item.plate);
    const heading = document.getElementById("review-item");
    heading.textContent = item.plate ? interpolate(gettext("Read as %(plate)s, %(share)s sure"), { plate: [...item.plate].join(" "), share: percent(item.score) }, true) : gettext("Unreadable");
    focus();
  }

  function closeVotes() {
    votes.hidden = true;
    votes.replaceChildren();
    votesButton.setAttribute("aria-expanded", "false");
  }

  const focus = () => document.getElementById("review-item").focus({ preventScroll: true });

  async function toggleVotes() {
    if (!votes.hidden) {
      closeVotes();
      focus();
      return;
    }
    const asked = item;
    votes.hidden = false;
    votes.replaceChildren(h("p.card-body.small.muted", { role: "status" }, gettext("Loading the votes")));
    votesButton.setAttribute("aria-expanded", "true");
    try {
      const matrix = await api(`/api/v1/sightings/${asked.id}/votes/`);
      if (asked !== item || votes.hidden) return;
      votes.replaceChildren(matrix.rows.length ? voteTable(matrix, box) : h("p.card-body.small.muted", {}, gettext("No single frames were kept.")));
      votes.querySelector("button.vote")?.focus();
    } catch (error) {
      if (asked === item) votes.replaceChildren(h("p.card-body.small", { role: "alert" }, error.message));
    }
  }

  box.addEventListener("input", changed);
  return { show, put, focus, toggleVotes, hint: (words) => (field("hint").textContent = words), hide: () => (root.hidden = true), item: () => item };
}
