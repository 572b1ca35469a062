// The inbox of alerts: acknowledge with a note, take it back, go through it by keyboard, hear of new ones.
import { api, typing } from "./dom.js";
import { on } from "./live.js";
import { toast } from "./toast.js";

const list = document.getElementById("alerts");
const rows = () => [...(list?.children ?? [])];
const here = () => document.activeElement.closest?.("[data-alert]");
let latest = null; // acknowledged last

async function set(row, act, body) {
  try {
    const alert = await api(`/api/v1/alerts/${row.dataset.alert}/${act}/`, { method: "POST", body });
    row.dataset.state = alert.state;
    row.querySelector("[data-field=note]").textContent = alert.note;
    const done = alert.state === "acknowledged" ? interpolate(gettext("Acknowledged by %(name)s"), { name: alert.acknowledged_by }, true) : "";
    row.querySelector("[data-field=done]").textContent = done;
    return true;
  } catch (error) {
    toast(error.message, { error: true });
    return false;
  }
}

async function acknowledge(row) {
  if (!(await set(row, "acknowledge", { note: row.querySelector("[name=note]").value }))) return;
  latest = row;
  toast(gettext("Acknowledged."), { action: { words: gettext("Undo"), run: () => reopen(row) } });
  rows().slice(rows().indexOf(row)).find((one) => one.dataset.state === "open")?.focus();
}

async function reopen(row) {
  if (await set(row, "reopen")) row.focus();
}

list?.addEventListener("submit", (event) => {
  event.preventDefault();
  const row = event.target.closest("[data-alert]");
  if (event.submitter?.name === "reopen") reopen(row);
  else acknowledge(row);
});

function step(by) {
  const all = rows();
  const place = all.indexOf(here());
  all[Math.min(all.length - 1, Math.max(0, place < 0 ? 0 : place + by))]?.focus();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: () => here()?.querySelector(".alert-act [name=note]")?.focus(),
  z: () => latest && reopen(latest),
  enter: () => here()?.querySelector(".alert-link").click(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.name === "note") {
    event.target.closest("[data-alert]").focus();
    return;
  }
  const act = typing(event) || event.target.closest("a, button, [data-copy]") ? null : keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

document.getElementById("alert-filter").addEventListener("change", ({ currentTarget }) => currentTarget.requestSubmit());

on("alerts", ({ latest: fresh }) => {
  if (fresh) document.getElementById("fresh-alerts").hidden = false;
});
