// One file on the upload page: what is known of it, in words that say what happens next.
import { bytes, clock, h, icon, left, spread, when } from "./dom.js";

const SOURCES = { gps: "GPS", person: gettext("set by a person"), container: gettext("camera clock"), file_name: gettext("file name"), upload: gettext("time of upload") };

/** {tone, shape, words} of a row: its local phase counts while bytes move, else what the server says. */
function standing(row) {
  const sent = row.size ? Math.floor((row.offset / row.size) * 100) : 0;
  const share = row.phase ? Math.min(99, sent) : sent; // what has left is not yet what has arrived
  if (row.phase === "checking") return { tone: "running", shape: "clock", words: gettext("Checking whether it is here already") };
  if (row.phase === "queued") return { tone: "", shape: "clock", words: gettext("Waits for the files before it") };
  if (row.phase === "sending") return { tone: "running", shape: "upload", words: sendingWords(row, share) };
  if (row.phase === "paused") return { tone: "doubtful", shape: "offline", words: pausedWords(row, share) };
  if (row.phase === "refused") return { tone: "wrong", shape: "wrong", words: row.error };
  return STATES[row.state]?.(row, share) ?? { tone: "", shape: "clock", words: row.state };
}

function sendingWords(row, share) {
  const pace = row.speed ? `, ${bytes(row.speed)}/s, ${left((row.size - row.offset) / row.speed)}` : "";
  const words = row.resumed ? gettext("Resumed: %(share)s of %(size)s") : gettext("Sending: %(share)s of %(size)s");
  return interpolate(words, { share: `${share} %`, size: bytes(row.size) }, true) + pace;
}

function pausedWords(row, share) {
  const why = row.error || gettext("The connection is gone.");
  return interpolate(gettext("%(why)s Stopped at %(share)s, and goes on by itself from there."), { why, share: `${share} %` }, true);
}

const STATES = {
  receiving: (row, share) => ({ tone: "doubtful", shape: "clock", words: interpolate(gettext("Stopped at %(share)s. Choose the same file again to go on from there."), { share: `${share} %` }, true) }),
  received: () => ({ tone: "running", shape: "clock", words: gettext("Arrived. Waits to be looked at.") }),
  inspecting: () => ({ tone: "running", shape: "search", words: gettext("Looking at what is in it") }),
  done: (row) => ({ tone: "certain", shape: "certain", words: row.kind === "positions" ? positionsWords(row) : gettext("Arrived and sound.") }),
  duplicate: (row) => ({ tone: "certain", shape: "copy", words: duplicateWords(row) }),
  failed: (row) => ({ tone: "wrong", shape: "wrong", words: row.error || gettext("This file could not be used.") }),
};

function duplicateWords({ findings }) {
  const words = findings.duplicate_of ? gettext("Nothing new in this file: it is here already as %(name)s. Nothing was doubled.") : gettext("Nothing new in this file: it is here already. Nothing was doubled.");
  return interpolate(words, { name: findings.duplicate_of }, true);
}

function positionsWords(row) {
  const names = row.findings.attached_to ?? [];
  return names.length ? interpolate(gettext("Laid over %(names)s."), { names: names.join(", ") }, true) : gettext("Positions kept.");
}

/** Some cameras take one picture every few seconds. */
const pace = (rate) => (rate >= 1 || !rate ? interpolate(gettext("%(count)s frames/s"), { count: Math.round(rate) }, true) : interpolate(gettext("a frame every %(seconds)s s"), { seconds: Math.round(1 / rate) }, true));

const fact = (shape, ...words) => h("span", {}, icon(shape), ...words);

/** What inspection found, fact by fact. */
function facts(row) {
  const { probe, gps, start, notes = [] } = row.findings;
  const list = [];
  if (probe) list.push(fact("video", `${clock(probe.duration)}, ${probe.width} × ${probe.height}, ${pace(probe.frame_rate)}, ${probe.codec}`));
  if (gps?.found) list.push(fact("pin", interpolate(ngettext("%(count)s position from %(source)s", "%(count)s positions from %(source)s", gps.points), { count: gps.points, source: gps.name || gps.source }, true)));
  else if (gps) list.push(fact("pin", gps.message ?? gettext("No GPS found.")));
  if (start) {
    const values = { at: when(start.at, { dateStyle: "medium", timeStyle: "medium" }), source: SOURCES[start.source] ?? start.source, spread: spread(start.uncertainty_s) };
    list.push(fact("clock", interpolate(gettext("Starts %(at)s (%(source)s, %(spread)s)"), values, true)));
  }
  for (const note of notes) list.push(fact("doubtful", note));
  if (row.sha256) list.push(h("code", { title: `SHA-256 ${row.sha256}` }, `${row.sha256.slice(0, 12)}…`));
  return list;
}

// Failures after which the server still has the bytes, so that looking again may help.
const KEPT = ["video_damaged", "internal", "inspection_died"];

const moving = (row) => ["checking", "queued", "sending", "paused"].includes(row.phase);

function buttons(row, acts) {
  const button = (words, shape, act, name = "") => h("button", { class: `button small ${name}`, type: "button", onclick: () => act(row), "aria-label": `${words}: ${row.name}` }, icon(shape), words);
  const list = [];
  if (row.trip_id) list.push(h("a.button.small.primary", { href: `/trips/${row.trip_id}/` }, gettext("Open trip")));
  if (!acts) return list;
  if (row.phase === "refused" && row.file) list.push(button(gettext("Send again"), "retry", acts.again));
  if (!row.phase && row.state === "failed" && KEPT.includes(row.error_code)) list.push(button(gettext("Try again"), "retry", acts.retry));
  if (moving(row) || (!row.phase && ["receiving", "received", "failed"].includes(row.state))) list.push(button(row.state === "failed" ? gettext("Forget") : gettext("Cancel"), "close", acts.cancel, "quiet"));
  else if (row.phase === "refused") list.push(button(gettext("Forget"), "close", acts.cancel, "quiet"));
  return list;
}

const isPositions = (row) => /\.(gpx|nmea|gps|3gf|srt|txt|log)$/i.test(row.name);

/** Draw a row, or bring it up to date. Only what changed is touched, so that nothing jumps and focus stays. */
export function draw(row, acts) {
  row.kind = isPositions(row) ? "positions" : "video";
  const { tone, shape, words } = standing(row);
  row.element ??= h("article.card.upload-row", {}, h("div.kind"), h("div.upload-name"), h("div.upload-end"), h("div.upload-more"));
  const [kind, name, end, more] = row.element.children;
  row.element.dataset.tone = tone;
  row.element.dataset.state = row.phase || row.state;
  if (row.id) row.element.dataset.upload = row.id;
  swap(kind, shape, () => [icon(shape)]);
  swap(name, `${row.name}|${row.size}`, () => [h("b", {}, row.name), h("span.small.muted", {}, bytes(row.size))]);
  swap(end, [row.phase, row.state, row.trip_id, row.id].join("|"), () => buttons(row, acts));
  swap(more, [Boolean(moving(row)), JSON.stringify(row.findings), row.sha256].join("|"), () => [h("p.upload-state"), moving(row) && bar(row), h("div.upload-facts", {}, facts(row))].filter(Boolean));
  more.firstChild.textContent = words;
  const meter = more.querySelector(".meter");
  meter?.style.setProperty("--value", row.size ? (row.offset / row.size) * 100 : 0);
  meter?.setAttribute("aria-valuenow", row.size ? Math.floor((row.offset / row.size) * 100) : 0);
  return row.element;
}

const bar = (row) => h("div.meter", { role: "progressbar", "aria-label": interpolate(gettext("Sent of %(name)s"), { name: row.name }, true), "aria-valuemin": 0, "aria-valuemax": 100 }, h("i"));

function swap(place, signature, make) {
  if (place.dataset.shows === signature) return;
  place.dataset.shows = signature;
  place.replaceChildren(...make());
}

export { moving };
