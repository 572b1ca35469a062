// Reading again: live progress, choosing trips, and taking or leaving each difference.
import { api, typing } from "./dom.js";
import { on } from "./live.js";
import { isActive, showTrip } from "./progress.js";
import { toast } from "./toast.js";

const list = document.getElementById("differences");
const form = document.getElementById("accept-form");
const boxes = () => [...(list?.querySelectorAll("[data-difference]") ?? [])];

on("reprocess", (job) => {
  for (const element of document.querySelectorAll(`[data-reprocess="${job.id}"]`)) {
    const before = element.dataset.state;
    showTrip(element, job);
    // It has begun or ended, or was paused elsewhere: what the page offers is another now.
    if (before !== job.state && !(isActive({ state: before }) && isActive(job))) location.reload();
  }
});

/** What ended while the page was on its way is told by no message. */
on("connected", async () => {
  const { reprocess, state } = document.querySelector(".reprocess-head")?.dataset ?? {};
  if (!reprocess || !isActive({ state })) return;
  const job = await api(`/api/v1/reprocess/${reprocess}/`).catch(() => null);
  if (job && !isActive(job)) location.reload();
});

function show(box, taken) {
  box.checked = taken;
  box.closest(".difference").toggleAttribute("data-left", !taken);
}

/** Tell the server; the answer says how many are taken now, and the version that accepting must name. */
async function choose(body, undo) {
  try {
    const job = await api(`/api/v1/reprocess/${list.dataset.job}/choose/`, { method: "POST", body });
    form.elements.version.value = job.version;
    document.querySelector("#taken-line [data-field=taken]").textContent = job.summary.accepted;
  } catch (error) {
    undo();
    toast(error.message, { error: true });
  }
}

list?.addEventListener("change", ({ target }) => {
  if (!target.dataset.difference) return;
  const take = target.checked;
  show(target, take);
  choose({ differences: [Number(target.dataset.difference)], take }, () => show(target, !take));
});

for (const button of document.querySelectorAll("[data-all]")) {
  button.addEventListener("click", () => {
    const take = button.dataset.all === "take";
    const before = boxes().map((box) => [box, box.checked]);
    for (const [box] of before) show(box, take);
    choose({ kind: list.dataset.kind, take }, () => before.forEach(([box, was]) => show(box, was)));
  });
}

document.getElementById("discard-open")?.addEventListener("click", () => document.getElementById("discard-dialog").showModal());

document.getElementById("all-trips")?.addEventListener("change", ({ target }) => {
  for (const box of document.querySelectorAll("#reprocess-new [name=trip]")) box.checked = target.checked;
});

function step(by) {
  const all = boxes();
  const place = all.indexOf(document.activeElement);
  const next = all[Math.min(all.length - 1, Math.max(0, place < 0 ? 0 : place + by))];
  next?.focus();
  next?.closest(".difference").scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement?.dataset.difference && document.activeElement.click(),
  a: () => form?.querySelector("button").focus(),
};

document.addEventListener("keydown", (event) => {
  const inList = Boolean(event.target.dataset?.difference) && !event.ctrlKey && !event.metaKey && !event.altKey;
  const act = typing(event) && !inList ? null : keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
