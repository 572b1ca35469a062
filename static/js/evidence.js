// The evidence packs of a sighting: how far they are, without a reload.
import { on } from "./live.js";
import { announce } from "./toast.js";

const box = document.getElementById("evidence-packs");
const UNMADE = ["waiting", "making"];

/** The list as it stands; what the person has in hand keeps the focus. */
async function refresh() {
  const answer = await fetch(`/evidence/of/${box.dataset.sighting}/`).catch(() => null);
  if (!answer?.ok) return;
  const held = box.contains(document.activeElement) ? document.activeElement.closest(".pack")?.dataset.pack : null;
  box.innerHTML = await answer.text(); // our own template
  if (held) box.querySelector(`[data-pack="${held}"] :is(a, button)`)?.focus();
}

function show({ id, state, progress }) {
  const row = box.querySelector(`[data-pack="${id}"]`);
  if (!row) return;
  const changed = row.dataset.state !== state;
  if (changed) refresh();
  const meter = row.querySelector(".meter");
  if (meter) {
    meter.style.setProperty("--value", progress * 100);
    meter.setAttribute("aria-valuenow", Math.floor(progress * 100));
  }
  if (changed && state === "done") announce(gettext("The evidence pack is there."));
  if (changed && state === "failed") announce(gettext("The evidence pack could not be made."));
}

/** A line that was broken may have missed the end. */
function reconnected() {
  const open = [...box.querySelectorAll(".pack:not(.undone)")].some((row) => UNMADE.includes(row.dataset.state));
  if (open) refresh();
}

export function followPacks() {
  on("evidence", show);
  on("connected", reconnected);
}
