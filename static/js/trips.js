// Home and Trips: cards and rows follow the reading without a reload.
import { h } from "./dom.js";
import { on } from "./live.js";
import { isActive, liveBlock, showTrip } from "./progress.js";

const TOLD_WITHIN = 5000;
const RELOAD_EVERY = 60000;
const heard = new Set();
const running = document.querySelector("#running");

function showRunning(trip) {
  if (!running) return;
  const jobs = running.querySelector("[data-field=jobs]");
  let job = jobs.querySelector(`[data-trip="${trip.id}"]`);
  if (!isActive(trip)) job?.remove();
  else if (!job) {
    job = h("div.job", { "data-trip": trip.id }, h("a.name.stretch", { href: `/trips/${trip.id}/` }, trip.name), liveBlock());
    jobs.append(job);
  }
  running.hidden = !jobs.children.length;
}

/** A trip that began after the page was drawn: one quiet line offers it, and nothing jumps. */
function offerNew(trip) {
  if (document.querySelector(`article[data-trip="${trip.id}"]`) || document.getElementById("new-trips")) return;
  if (!isActive(trip) || Number(new URLSearchParams(location.search).get("page") ?? 1) > 1) return;
  const place = document.querySelector(".home-trips, .trip-table");
  place?.before(h("p.note", { id: "new-trips", role: "status" }, gettext("A new trip has come in."), " ", h("a", { href: location.href }, gettext("Show it"))));
}

on("trip", (trip) => {
  heard.add(String(trip.id));
  showRunning(trip);
  for (const element of document.querySelectorAll(`main [data-trip="${trip.id}"]`)) showTrip(element, trip);
  offerNew(trip);
});
/** However wrong the page and the line may be about each other, it never reloads over and over. */
function notLately() {
  const last = Number(sessionStorage.getItem("reloaded") ?? 0);
  sessionStorage.setItem("reloaded", String(Date.now()));
  return Date.now() - last > RELOAD_EVERY;
}

/** The line begins by telling of all that is under way: what the page shows so, and is not told of, has ended since. */
on("connected", () => {
  heard.clear();
  setTimeout(() => {
    const shown = [...document.querySelectorAll('main [data-state="reading"], main [data-state="waiting"]')];
    if (shown.some((element) => !heard.has(element.dataset.trip)) && notLately()) location.reload();
  }, TOLD_WITHIN);
});
