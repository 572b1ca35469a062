// A webhook: a test whose answer is shown in place, the secret to copy, and a log that keeps itself up to date.
import { api, icon, number, pageData } from "./dom.js";
import { toast } from "./toast.js";

const LOOK_EVERY = 4000;
const form = document.getElementById("test-form");
const tested = document.getElementById("tested");
const log = document.getElementById("log");
const failures = pageData("failure-words");
let shown = "";

function show(meaning, ...words) {
  tested.className = `note watch-note ${meaning}`;
  tested.hidden = false;
  tested.replaceChildren(...words);
}

async function test(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  show("", gettext("Waiting for the answer…"));
  try {
    const sent = await api(`/api/v1/webhooks/${form.dataset.webhook}/test/`, { method: "POST" });
    const said = { status: sent.status, seconds: number(sent.seconds, 2), answer: sent.answer };
    if (sent.state === "delivered") show("certain", icon("certain"), interpolate(gettext("The receiver answered %(status)s after %(seconds)s s: %(answer)s"), said, true));
    else if (sent.status) show("wrong", icon("wrong"), interpolate(gettext("The receiver answered %(status)s after %(seconds)s s: %(answer)s"), said, true));
    else show("wrong", icon("wrong"), interpolate(gettext("It did not arrive: %(why)s."), { why: failures[sent.failure] }, true));
  } catch (error) {
    show("wrong", error.message);
  }
  button.disabled = false;
  refresh();
}

/** The log but for the forms' tokens, which are others every time. */
const words = (page) => page.replaceAll(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");

/** Not while someone reads in it, or goes through it by keyboard. */
const inUse = () => document.hidden || log.querySelector("details[open]") || log.contains(document.activeElement);

async function refresh() {
  if (inUse()) return;
  try {
    const answer = await fetch(log.dataset.url + location.search, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected || inUse()) return;
    const fresh = await answer.text();
    if (words(fresh) !== shown) log.replaceChildren(...new DOMParser().parseFromString(fresh, "text/html").body.childNodes);
    shown = words(fresh);
  } catch {
    // The banner says that the site cannot be reached; the next look may find it.
  }
}

async function copySecret() {
  try {
    await navigator.clipboard.writeText(document.getElementById("secret").textContent);
    toast(gettext("Copied."));
  } catch {
    getSelection().selectAllChildren(document.getElementById("secret"));
  }
}

form.addEventListener("submit", test);
document.getElementById("copy-secret")?.addEventListener("click", copySecret);
document.getElementById("log-filter").addEventListener("change", ({ currentTarget }) => currentTarget.requestSubmit());
setInterval(refresh, LOOK_EVERY);
