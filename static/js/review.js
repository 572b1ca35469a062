// The review page: one sighting after the other, by keyboard if wanted. Every word shows at once and is sent behind.
import { api, pageData } from "./dom.js";
import { makeItemView } from "./review_item.js";
import { makeNotes } from "./review_notes.js";
import { makeOutbox } from "./review_outbox.js";
import { makeQueue } from "./review_queue.js";

const MOST_UNDOABLE = 500;
const config = pageData("review-config");
const key = `review:${config.person}`;
const box = document.getElementById("review-text");
const keysDialog = document.getElementById("keys-dialog");
const view = makeItemView(box);
const notes = makeNotes(config);
// What was said in this tab, the latest last: {n, sighting, correction, item}; items are forgotten with the page.
const words = JSON.parse(sessionStorage.getItem(`${key}:words`) ?? "[]");

const outbox = makeOutbox(key, {
  said(entry, answer) {
    const word = words.find((one) => one.n === entry.n);
    if (word) word.correction = answer.id;
    keepWords();
  },
  refused(entry, error) {
    const index = words.findIndex((one) => one.n === entry.n);
    if (index >= 0) words.splice(index, 1);
    keepWords();
    notes.refused(entry, error);
  },
  changed(state) {
    notes.sending(state);
    if (!state.waiting && !queue.first() && words.length) queue.fill(true); // the last words are in: what is left now?
  },
});

const queue = makeQueue(config, {
  pending: outbox.sightings,
  told(answer) {
    notes.left(answer.left - outbox.count());
    notes.offers(answer.offers);
    if (!view.item() || !queue.first() || view.item() !== queue.first()) showFirst();
  },
  failed(error) {
    if (!queue.first()) notes.unreachable(error, () => queue.fill(true));
  },
});

function keepWords() {
  const kept = words.slice(-MOST_UNDOABLE).map(({ n, sighting, correction, version }) => ({ n, sighting, correction, version }));
  sessionStorage.setItem(`${key}:words`, JSON.stringify(kept));
  document.querySelector("[data-act=undo]").disabled = !words.length;
}

function showFirst() {
  const item = queue.first();
  if (item) {
    notes.showing();
    view.show(item);
  } else if (!queue.asking()) {
    view.hide();
    notes.empty({ skipped: queue.skipped(), again: queue.again });
  } else {
    view.hide();
    notes.loading();
  }
}

function say(action, plate = "") {
  const item = queue.first();
  if (!item) return;
  const n = outbox.add({ kind: "say", sighting: item.id, action, plate, version: item.version, at: Date.now() });
  words.push({ n, sighting: item.id, version: item.version, item });
  keepWords();
  const said = { correct: gettext("Corrected to %(plate)s."), confirm: gettext("Confirmed %(plate)s."), reject: gettext("Marked as not a plate.") }[action];
  notes.saidOne(interpolate(said, { plate: plate || item.plate }, true));
  queue.next();
  showFirst();
}

/** Say that what stands in the box is right. */
function save() {
  const item = queue.first();
  const text = box.value.toUpperCase().replaceAll(/[^\p{L}\p{N}?]/gu, "");
  if (!item) return;
  if (!text.replaceAll("?", "")) return view.hint(gettext("Type what it says, skip it, or say that it is not a plate."));
  if (text.length > 16) return view.hint(gettext("A plate has at most sixteen letters and digits."));
  if (text !== item.plate) return say("correct", text);
  if (text.includes("?")) return view.hint(gettext("Some characters could not be read: type them in place of the ?, or skip it."));
  say("confirm");
}

function skip() {
  if (!queue.first()) return;
  notes.heard(gettext("Skipped."));
  queue.skip();
  showFirst();
}

async function undo() {
  const word = words.pop();
  if (!word) return notes.heard(gettext("There is nothing to undo."));
  keepWords();
  const unsent = outbox.drop(word.n);
  if (!unsent) outbox.add({ kind: "undo", sighting: word.sighting, of: word.n, correction: word.correction });
  notes.undoneOne();
  const item = word.item ?? (await fetched(word.sighting));
  if (!item) return;
  // Saying a word and taking it back each count the version up.
  queue.back({ ...item, version: word.version + (unsent ? 0 : 2) });
  showFirst();
}

async function fetched(sighting) {
  try {
    return await api(`/api/v1/sightings/${sighting}/`);
  } catch {
    return null; // the word is taken back all the same; only the picture does not come back
  }
}

function leaveBox() {
  view.put(queue.first()?.plate ?? "");
  view.focus();
}

const acts = { save, skip, undo, reject: () => say("reject"), votes: view.toggleVotes };
const keys = {
  enter: save,
  s: skip,
  r: acts.reject,
  c: () => (box.focus(), box.select()),
  v: view.toggleVotes,
  backspace: undo,
  "?": () => keysDialog.showModal(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("dialog, select, textarea, .topsearch")) return;
  if (event.target === box) return onBoxKey(event);
  if (event.key === "Escape" && event.target.closest("#review-votes")) return view.focus();
  const pressed = event.key.toLowerCase();
  // Enter on a button or link is that button's, not the queue's.
  if (pressed === "enter" && event.target.closest("button, a, summary, [data-copy]")) return;
  const candidate = /^[1-5]$/.test(pressed) && queue.first()?.candidates[Number(pressed) - 1];
  const act = candidate ? () => view.put(candidate.plate) : keys[pressed];
  if (!act || event.repeat) return;
  event.preventDefault();
  act();
}

/** In the box letters are the plate. */
function onBoxKey(event) {
  if (event.key === "Escape") leaveBox();
  else if (event.key === "Backspace" && !box.value && !event.repeat) undo();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", onKey);
document.getElementById("review-say").addEventListener("submit", (event) => (event.preventDefault(), save()));
document.getElementById("review-filter").addEventListener("change", (event) => event.currentTarget.submit());
document.getElementById("keys-open").addEventListener("click", () => keysDialog.showModal());
for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => acts[button.dataset.act]());
keepWords();
queue.fill();
outbox.start();
