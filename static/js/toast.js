// Short words at the foot of the page, and words that only screen readers hear.
import { h } from "./dom.js";

const SHOWN_FOR = 6000;
const ACTION_FOR = 15000; // time to read it, to find the button, and to press it
const HEARD_EVERY = 10000;
let heardAt = 0;

/** Say something; `action` is {words, run} and puts a button beside it. */
export function toast(words, { error = false, action = null } = {}) {
  const button = action && h("button", { type: "button", onclick: () => (item.remove(), action.run()) }, action.words);
  const item = h("div", { class: error ? "toast error" : "toast" }, words, button);
  document.getElementById("toasts").append(item);
  fade(item, action ? ACTION_FOR : SHOWN_FOR);
}

export function fade(item, after = SHOWN_FOR) {
  setTimeout(() => item.remove(), after);
}

/** For progress: heard at most every ten seconds, however often it is said. */
export function announce(words) {
  if (Date.now() - heardAt < HEARD_EVERY) return;
  heardAt = Date.now();
  document.getElementById("announcer").textContent = words;
}
