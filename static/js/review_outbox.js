// Words that a reviewer said, on their way to the site: sent one after the other, kept while the site cannot be reached.
import { api } from "./dom.js";

const AGAIN_AFTER = 4000;
const ORPHAN_MS = 30000;
const LOGGED_OUT = new Set(["not_authenticated", "authentication_failed", "permission_denied"]);

/**
 * Entries are {n, kind: "say", sighting, action, plate, version} or {n, kind: "undo", sighting, of, correction}.
 * They are kept in the browser, so that neither a reload nor a closed tab loses one; tabs write under keys of their
 * own, and take over what a tab that is gone left behind.
 */
export function makeOutbox(key, { said, refused, changed }) {
  const tab = sessionStorage.getItem(`${key}:tab`) ?? crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
  sessionStorage.setItem(`${key}:tab`, tab);
  const prefix = `${key}:outbox:`;
  let waiting = stored(prefix + tab).waiting;
  let made = Date.now();
  let busy = false;
  let timer = 0;
  let trouble = "";

  function stored(name) {
    return JSON.parse(localStorage.getItem(name) ?? '{"at":0,"waiting":[]}');
  }

  function keep() {
    if (waiting.length) localStorage.setItem(prefix + tab, JSON.stringify({ at: Date.now(), waiting }));
    else localStorage.removeItem(prefix + tab);
    changed({ waiting: waiting.length, trouble });
  }

  /** A tab that lives writes again at every attempt; what has lain still for long is nobody's. */
  function takeOver() {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(prefix) || name === prefix + tab || Date.now() - stored(name).at < ORPHAN_MS) continue;
      waiting.push(...stored(name).waiting);
      localStorage.removeItem(name);
    }
    keep();
    send();
  }

  function add(entry) {
    made += 1;
    const n = `${tab}-${made}`;
    waiting.push({ ...entry, n, tries: 0 });
    keep();
    send();
    return n;
  }

  /** Take a word out again that was never sent; false where it is too late for that. */
  function drop(n) {
    const index = waiting.findIndex((entry) => entry.n === n && !entry.tries);
    if (index < 0) return false;
    waiting.splice(index, 1);
    keep();
    return true;
  }

  async function post(entry) {
    if (entry.kind === "undo") return api(`/api/v1/corrections/${entry.correction}/undo/`, { method: "POST" });
    const { action, plate, version } = entry;
    const body = { action, version, resolve_flags: true, ...(action === "correct" ? { plate } : {}) };
    return api(`/api/v1/sightings/${entry.sighting}/corrections/`, { method: "POST", body });
  }

  /** Whether a word had arrived although its answer was lost: then sending it again clashes with itself. */
  async function arrived(entry, error) {
    if (entry.tries < 2) return null;
    if (entry.kind === "undo") return error.code === "already_undone" ? {} : null;
    if (error.code !== "version_clash") return null;
    const words = await api(`/api/v1/sightings/${entry.sighting}/corrections/`);
    const mine = words.find((word) => !word.undone_at);
    const same = mine && mine.action === entry.action && (entry.action !== "correct" || mine.text_after === entry.plate);
    return same && Date.parse(mine.created_at) >= entry.at - 60000 ? mine : null;
  }

  const passing = (error) => error.code === "offline" || error.status >= 500 || error.status === 429 || LOGGED_OUT.has(error.code);

  function done(entry, answer) {
    waiting.shift();
    for (const later of waiting) if (later.of === entry.n) later.correction = answer.id;
    said(entry, answer);
  }

  function refuse(entry, error) {
    waiting.shift();
    waiting = waiting.filter((later) => later.of !== entry.n);
    refused(entry, error);
  }

  async function send() {
    if (busy || !waiting.length) return;
    clearTimeout(timer);
    busy = true;
    const entry = waiting[0];
    entry.tries += 1;
    keep();
    try {
      done(entry, await post(entry));
      trouble = "";
    } catch (error) {
      trouble = await settle(entry, error);
    }
    busy = false;
    keep();
    if (!trouble) send();
    else timer = setTimeout(send, AGAIN_AFTER);
  }

  /** What a failure means: nothing any more, or the words for why the entry still waits. */
  async function settle(entry, error) {
    try {
      const answer = passing(error) ? null : await arrived(entry, error);
      if (answer) done(entry, answer);
      else if (!passing(error)) refuse(entry, error);
    } catch (later) {
      error = later;
    }
    if (waiting[0] !== entry) return "";
    return LOGGED_OUT.has(error.code) ? gettext("You are no longer logged in. Log in again in another tab and reload this page: your words are kept.") : error.message;
  }

  function start() {
    takeOver();
    setInterval(takeOver, ORPHAN_MS);
    addEventListener("online", send);
    addEventListener("beforeunload", (event) => trouble && waiting.length && event.preventDefault());
  }

  return { start, add, drop, sightings: () => waiting.map((entry) => entry.sighting), count: () => waiting.length };
}
