// What every page does: keys, theme, copying, live jobs, the offline banner, the head of a printed page.
/* global applyTheme */
import { h, left, typing, when } from "./dom.js";
import { connect, on } from "./live.js";
import { copyOnClick } from "./plate.js";
import { isActive, liveBlock, percentOf, showTrip } from "./progress.js";
import { countAlerts } from "./alert_count.js";
import { announce, fade } from "./toast.js";

const jobs = new Map();

function focusSearch(event) {
  if (event.key !== "/" || typing(event)) return;
  event.preventDefault();
  const box = document.getElementById("search-box") ?? document.getElementById("quick-search");
  box.focus();
  box.select();
}

function showTheme() {
  const chosen = localStorage.getItem("theme") ?? "auto";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  }
  document.getElementById("contrast-switch").checked = document.documentElement.dataset.contrast === "more";
}

function chooseTheme(event) {
  const choice = event.target.dataset.themeChoice;
  if (!choice) return;
  if (choice === "auto") localStorage.removeItem("theme");
  else localStorage.setItem("theme", choice);
  applyTheme();
}

function chooseContrast(event) {
  localStorage.setItem("contrast", event.target.checked ? "more" : "normal");
  applyTheme();
}

function showOffline() {
  document.getElementById("offline-banner").hidden = navigator.onLine;
}

/** The ring in the top bar, and the drawer it opens. */
function showJobs() {
  const ring = document.getElementById("jobs-ring");
  const running = [...jobs.values()];
  ring.hidden = !running.length;
  if (!running.length) {
    document.getElementById("jobs-drawer").hidePopover();
    return;
  }
  const share = running.reduce((sum, trip) => sum + trip.progress, 0) / running.length;
  ring.querySelector(".done").setAttribute("stroke-dasharray", `${Math.round(share * 100)} 100`);
  ring.querySelector("[data-field=text]").textContent = interpolate(gettext("%(count)s being read"), { count: running.length }, true);
}

function showInDrawer(trip) {
  const list = document.querySelector("#jobs-drawer [data-field=jobs]");
  let job = list.querySelector(`[data-trip="${trip.id}"]`);
  if (!isActive(trip)) {
    job?.remove();
    return;
  }
  if (!job) {
    job = h("div.job", { "data-trip": trip.id }, h("a.name.stretch", { href: `/trips/${trip.id}/` }, trip.name), liveBlock());
    list.append(job);
  }
  showTrip(job, trip);
}

function onTrip(trip) {
  if (isActive(trip)) jobs.set(trip.id, trip);
  else jobs.delete(trip.id);
  showJobs();
  showInDrawer(trip);
  if (isActive(trip)) announce(`${trip.name}: ${percentOf(trip)} %, ${left(trip.eta_s) || gettext("waiting")}`);
}

/** What stands above a printed page, as of now; maps are drawn for white paper, as wide as they are. */
function beforePrint() {
  const head = document.getElementById("print-head");
  head.querySelector("[data-field=when]").textContent = when(Date.now(), { dateStyle: "long", timeStyle: "short" });
  head.querySelector("[data-field=address]").textContent = location.href;
  for (const map of document.querySelectorAll(".map")) map.style.setProperty("--drawn", `${map.clientWidth}px`);
  document.documentElement.dataset.theme = "light";
  dispatchEvent(new Event("themechange"));
}

document.addEventListener("keydown", focusSearch);
addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", applyTheme);
document.getElementById("theme-switch").addEventListener("click", chooseTheme);
document.getElementById("contrast-switch").addEventListener("change", chooseContrast);
addEventListener("themechange", showTheme);
addEventListener("online", showOffline);
addEventListener("offline", showOffline);
for (const item of document.querySelectorAll(".toast")) fade(item);
for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
showTheme();
showOffline();
copyOnClick();
on("trip", onTrip);
on("alerts", countAlerts);
// Modules of the page register their listeners first: what the socket tells at once must reach them.
addEventListener("DOMContentLoaded", connect);
if (document.readyState === "complete") connect();
