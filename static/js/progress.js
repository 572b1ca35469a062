// How a trip stands, written into whatever on the page carries data-trip.
import { h, icon, left } from "./dom.js";

const ACTIVE = ["waiting", "reading", "accepting", "undoing"];
const TAGS = {
  done: ["certain", "certain", gettext("Read")],
  partial: ["doubtful", "doubtful", gettext("Partly read")],
  failed: ["wrong", "wrong", gettext("Failed")],
  reading: ["running", "clock", gettext("Reading")],
  waiting: ["", "clock", gettext("Waiting")],
  paused: ["doubtful", "pause", gettext("Paused")],
};
const STAGES = {
  waiting: gettext("Waiting for a reader"),
  reading: gettext("Reading plates"),
  merging: gettext("Joining the parts"),
  pausing: gettext("Pausing after this part"),
  paused: gettext("Paused"),
  accepting: gettext("Taking it over"),
  undoing: gettext("Switching back"),
};
const WHEN = { going: (trip) => !trip.paused, paused: (trip) => trip.paused, first: (trip) => trip.first, "in-turn": (trip) => !trip.first };

export const isActive = (trip) => ACTIVE.includes(trip.state);

export function stateTag(state) {
  const [tone, shape, words] = TAGS[state] ?? TAGS.waiting;
  return h("span", { class: `tag ${tone}` }, icon(shape), words);
}

export const percentOf = (trip) => Math.floor(trip.progress * 100);

export function liveBlock() {
  return h("div.live", { "data-live": true }, h("div.job-line", {}, h("span", { "data-field": "stage" }), h("span.muted", { "data-field": "left" })), meter());
}

function meter() {
  return h("div.meter", { role: "progressbar", "aria-label": gettext("Progress of reading"), "aria-valuemin": 0, "aria-valuemax": 100 }, h("i"));
}

/** Bring one element up to date with the trip; its fields may be there or not. */
export function showTrip(element, trip) {
  const field = (name) => element.querySelector(`[data-field="${name}"]`);
  const put = (name, text) => field(name) && field(name).textContent !== text && (field(name).textContent = text);
  const shown = trip.paused && isActive(trip) ? "paused" : trip.state;
  if ((element.dataset.shown ?? element.dataset.state) !== shown) field("state")?.replaceChildren(stateTag(shown));
  element.dataset.state = trip.state;
  element.dataset.shown = shown;
  put("sightings", String(trip.sightings));
  put("doubtful", String(trip.doubtful));
  if (field("doubtful-box")) field("doubtful-box").hidden = !trip.doubtful;
  const live = element.querySelector("[data-live]");
  if (!live) return;
  live.hidden = !isActive(trip);
  for (const form of live.querySelectorAll("[data-when]")) form.hidden = !WHEN[form.dataset.when](trip);
  put("stage", `${STAGES[trip.stage] ?? gettext("Waiting")}, ${percentOf(trip)} %`);
  put("left", left(trip.eta_s));
  const bar = live.querySelector(".meter");
  bar.style.setProperty("--value", percentOf(trip));
  bar.setAttribute("aria-valuenow", percentOf(trip));
}
