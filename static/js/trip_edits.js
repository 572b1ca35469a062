// What people do to a whole trip: shift its clock, replace its track, split and merge it, and take that back.
import { api, fromWall } from "./dom.js";
import { toast } from "./toast.js";

const ASK_EVERY = 1000;
const KEPT = "trip-edit"; // what to say after the page was drawn anew

const acts = {
  async shift(form, path) {
    const { how, amount, unit, way, start, uncertainty, keep } = form.elements;
    const body = { keep_positions: keep.checked };
    if (how.value === "to") body.started_at = fromWall(start.value);
    else body.seconds = Number(amount.value) * Number(unit.value) * Number(way.value);
    if (uncertainty.value) body.uncertainty_s = Number(uncertainty.value);
    return [gettext("The clock was shifted."), (await api(`${path}shift/`, { method: "POST", body })).id];
  },
  async track(form, path) {
    const sent = await api(`${path}track/`, { method: "POST", body: new FormData(form) });
    return [gettext("The track was replaced."), await laid(sent.id)];
  },
  async split(form, path) {
    const edit = await api(`${path}split/`, { method: "POST", body: { at: form.elements.at.value } });
    return [interpolate(gettext("The later part is now the trip %(name)s."), edit.detail, true), edit.id];
  },
  async merge(form, path) {
    const edit = await api(`${path}merge/`, { method: "POST", body: { trip: Number(form.elements.trip.value) } });
    return [interpolate(gettext("%(name)s is now part of this trip."), edit.detail, true), edit.id];
  },
};

/** Wait until a worker has read the file; the edit that came of it. */
async function laid(upload) {
  for (;;) {
    const { state, error, findings } = await api(`/api/v1/uploads/${upload}/`);
    if (state === "done") return findings.edit;
    if (state === "failed" || state === "cancelled") throw new Error(error || gettext("The file was not read."));
    await new Promise((done) => setTimeout(done, ASK_EVERY));
  }
}

export function makeEdits(trip) {
  const path = `/api/v1/trips/${trip}/`;
  const menu = document.getElementById("trip-menu");

  function drawAnew(words, edit = null) {
    sessionStorage.setItem(KEPT, JSON.stringify({ trip, words, edit }));
    location.reload();
  }

  async function undo(edit, of = trip) {
    try {
      await api(`/api/v1/trips/${of}/edits/${edit}/undo/`, { method: "POST" });
      if (of === trip) drawAnew(gettext("Undone: everything is as it was."));
      else location.assign(`/trips/${of}/`);
    } catch (error) {
      toast(error.message, { error: true });
    }
  }

  async function send(event) {
    event.preventDefault();
    const form = event.target;
    const [wrong, button] = [form.querySelector("[role=alert]"), form.querySelector(".primary")];
    wrong.hidden = true;
    button.disabled = true;
    try {
      drawAnew(...(await acts[form.dataset.act](form, path)));
    } catch (error) {
      wrong.textContent = error.message;
      wrong.hidden = false;
      button.disabled = false;
    }
  }

  menu?.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    const box = document.getElementById("trip-more").getBoundingClientRect();
    const room = document.documentElement.clientWidth - menu.offsetWidth - 8;
    const left = box.left <= room ? box.left : box.right - menu.offsetWidth;
    menu.style.inset = `${box.bottom + 4}px auto auto ${Math.max(8, left)}px`;
    menu.querySelector("button").focus();
  });
  for (const item of document.querySelectorAll("[data-opens]")) {
    item.addEventListener("click", () => (menu.hidePopover(), document.getElementById(item.dataset.opens).showModal()));
  }
  for (const form of document.querySelectorAll("form[data-act]")) {
    form.addEventListener("submit", send);
    for (const choice of form.querySelectorAll(".choice")) {
      choice.addEventListener("input", () => (choice.querySelector("[type=radio]").checked = true));
    }
  }
  for (const button of document.querySelectorAll("[data-undo]")) {
    button.addEventListener("click", () => undo(button.dataset.undo, Number(button.dataset.tripOf)));
  }
  const said = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (said?.trip !== trip) return;
  sessionStorage.removeItem(KEPT);
  toast(said.words, { action: said.edit && { words: gettext("Undo"), run: () => undo(said.edit) } });
}
