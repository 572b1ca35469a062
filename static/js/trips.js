// Home and Trips: cards and rows follow the reading without a reload.
import { h } from "./dom.js";
import { on } from "./live.js";
import { isActive, liveBlock, showTrip } from "./progress.js";

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
  const place = document.querySelector(".home-trips, .trip-table");
  place?.before(h("p.note", { id: "new-trips", role: "status" }, "A new trip has come in. ", h("a", { href: location.href }, "Show it")));
}

on("trip", (trip) => {
  showRunning(trip);
  for (const element of document.querySelectorAll(`main [data-trip="${trip.id}"]`)) showTrip(element, trip);
  offerNew(trip);
});
on("reconnected", () => {
  // What ended during the break is not told again.
  if (document.querySelector('main [data-state="reading"], main [data-state="waiting"]')) location.reload();
});
