// What the review page tells around the item: progress, pace, words on their way, refusals, offers, the end.
import { h, icon, number } from "./dom.js";

const PACE_MS = 300000;
const LATE_MS = 1500; // a word that takes longer than this is worth a line

export function makeNotes(config) {
  const bar = document.getElementById("review-notes");
  const said = document.getElementById("review-said");
  const end = document.getElementById("review-empty");
  const wait = document.getElementById("review-loading");
  const field = (name) => document.querySelector(`#review-progress [data-field="${name}"]`);
  const whole = !config.flagged && !config.trip && !config.vehicle;
  const sendingNote = h("p.note.doubtful", { role: "status", hidden: true });
  const times = [];
  let left = null;
  let done = config.done_today;
  let late = 0;
  bar.append(sendingNote);

  function count() {
    field("left").textContent = left === null ? "–" : number(left);
    field("done").textContent = number(done);
    const since = times[0] ? (Date.now() - times[0]) / 60000 : 0;
    field("pace-box").hidden = times.length < 3;
    field("pace").textContent = String(Math.round((times.length - 1) / Math.max(since, 1 / 60)));
    const badge = whole && left !== null && document.getElementById("review-count");
    if (badge) badge.textContent = left > 999 ? "999+" : String(left);
  }

  function saidOne(words) {
    const now = Date.now();
    times.push(now);
    while (times[0] < now - PACE_MS) times.shift();
    done += 1;
    if (left !== null) left = Math.max(0, left - 1);
    count();
    heard(words);
  }

  function undoneOne() {
    times.pop();
    done = Math.max(0, done - 1);
    if (left !== null) left += 1;
    count();
    heard(gettext("Taken back."));
  }

  function heard(words) {
    said.textContent = left === null ? words : `${words} ${interpolate(gettext("%(count)s left."), { count: left }, true)}`;
  }

  /** How many words wait to be sent, shown once that takes a while. */
  function sending({ waiting, trouble }) {
    clearTimeout(late);
    if (!waiting) {
      sendingNote.hidden = true;
      return;
    }
    const show = () => {
      const kept = ngettext("One word is kept here and sent as soon as that works.", "%(count)s words are kept here and sent as soon as that works.", waiting);
      const going = ngettext("One word is on the way.", "%(count)s words are on the way.", waiting);
      sendingNote.replaceChildren(icon("offline"), h("span", {}, interpolate(trouble ? kept : going, { count: waiting }, true), trouble && ` ${trouble}`));
      sendingNote.hidden = false;
    };
    if (trouble || !sendingNote.hidden) show();
    else late = setTimeout(show, LATE_MS);
  }

  function refused(entry, error) {
    left = left === null ? null : left + (entry.kind === "say" ? 1 : 0);
    done = Math.max(0, done - (entry.kind === "say" ? 1 : 0));
    count();
    const refusals = { correct: gettext("Your correction to %(plate)s was not taken."), confirm: gettext("Your confirmation was not taken."), reject: gettext("Your rejection was not taken.") };
    const what = interpolate(refusals[entry.action] ?? gettext("Your word could not be taken back."), { plate: entry.plate }, true);
    const note = h("p.note.wrong", { role: "alert" }, icon("wrong"), h("span", {}, `${what} ${error.message}`), h("a.end", { href: `/sightings/${entry.sighting}/` }, gettext("Open it")), h("button.button.quiet.small", { type: "button", onclick: () => note.remove() }, gettext("Dismiss")));
    bar.append(note);
  }

  const hidden = () => new Set(JSON.parse(sessionStorage.getItem("alias-offers-hidden") ?? "[]"));

  /** Misreads that repeat: each is offered until it is taken or put off. */
  function offers(list) {
    const name = (one) => `${one.fleet}:${one.misread}:${one.text}`;
    const wanted = list.find((one) => !hidden().has(name(one)));
    bar.querySelector("[data-offer]")?.remove();
    if (!wanted) return;
    const query = new URLSearchParams({ text: wanted.misread, to: wanted.text, fleet: wanted.fleet, alias: "1" });
    const later = () => {
      sessionStorage.setItem("alias-offers-hidden", JSON.stringify([...hidden(), name(wanted)]));
      note.remove();
    };
    const note = h("p.note", { "data-offer": name(wanted) }, icon("alias"), h("span", {}, interpolate(gettext("%(misread)s was corrected to %(text)s %(count)s times. An alias would suggest that by itself."), wanted, true)), h("a.end", { href: `/review/batch/?${query}` }, gettext("Look and decide")), h("button.button.quiet.small", { type: "button", onclick: later }, gettext("Not now")));
    bar.append(note);
  }

  function only(shown) {
    for (const part of [end, wait]) part.hidden = part !== shown;
  }

  function empty({ skipped, again }) {
    const held = Math.max(0, (left ?? 0) - skipped);
    const rest = [skipped && interpolate(gettext("You skipped %(count)s."), { count: skipped }, true), held && interpolate(gettext("Other reviewers are looking at %(count)s."), { count: held }, true)].filter(Boolean).join(" ");
    const title = left ? gettext("Nothing left for you now") : config.flagged ? gettext("No flag is open") : gettext("Nothing is doubtful");
    const buttons = [];
    if (skipped) buttons.push(h("button.button.primary", { type: "button", onclick: again }, gettext("Go through the skipped ones")));
    else if (held) buttons.push(h("button.button", { type: "button", onclick: again }, gettext("Look again")));
    if (!whole) buttons.push(h("a.button", { href: "/review/" }, gettext("Show the whole queue")));
    end.replaceChildren(icon("certain"), h("h2", { tabindex: -1 }, title), h("p", {}, rest || gettext("Every plate was read with confidence, or a person has looked at it.")), ...buttons);
    only(end);
    end.querySelector("h2").focus();
  }

  function unreachable(error, again) {
    end.replaceChildren(icon("offline"), h("h2", {}, gettext("The queue could not be fetched")), h("p", { role: "alert" }, `${error.message} ${gettext("What you said is kept.")}`), h("button.button.primary", { type: "button", onclick: again }, gettext("Try again")));
    only(end);
  }

  return {
    saidOne,
    undoneOne,
    heard,
    sending,
    refused,
    offers,
    empty,
    unreachable,
    loading: () => only(wait),
    showing: () => only(null),
    left(number) {
      left = Math.max(0, number);
      count();
    },
  };
}
