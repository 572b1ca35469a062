// One file on the upload page: what is known of it, in words that say what happens next.
import { bytes, clock, h, icon, left, spread, when } from "./dom.js";

const SOURCES = { gps: "GPS", person: "set by a person", container: "camera clock", file_name: "file name", upload: "time of upload" };

/** {tone, shape, words} of a row: its local phase counts while bytes move, else what the server says. */
function standing(row) {
  const sent = row.size ? Math.floor((row.offset / row.size) * 100) : 0;
  const share = row.phase ? Math.min(99, sent) : sent; // what has left is not yet what has arrived
  if (row.phase === "checking") return { tone: "running", shape: "clock", words: "Checking whether it is here already" };
  if (row.phase === "queued") return { tone: "", shape: "clock", words: "Waits for the files before it" };
  if (row.phase === "sending") return { tone: "running", shape: "upload", words: sendingWords(row, share) };
  if (row.phase === "paused") return { tone: "doubtful", shape: "offline", words: pausedWords(row, share) };
  if (row.phase === "refused") return { tone: "wrong", shape: "wrong", words: row.error };
  return STATES[row.state]?.(row, share) ?? { tone: "", shape: "clock", words: row.state };
}

function sendingWords(row, share) {
  const pace = row.speed ? `, ${bytes(row.speed)}/s, ${left((row.size - row.offset) / row.speed)}` : "";
  return `${row.resumed ? "Resumed" : "Sending"}: ${share} % of ${bytes(row.size)}${pace}`;
}

function pausedWords(row, share) {
  const why = row.error || "The connection is gone.";
  return `${why} Stopped at ${share} %, and goes on by itself from there.`;
}

const STATES = {
  receiving: (row, share) => ({ tone: "doubtful", shape: "clock", words: `Stopped at ${share} %. Choose the same file again to go on from there.` }),
  received: () => ({ tone: "running", shape: "clock", words: "Arrived. Waits to be looked at." }),
  inspecting: () => ({ tone: "running", shape: "search", words: "Looking at what is in it" }),
  done: (row) => ({ tone: "certain", shape: "certain", words: row.kind === "positions" ? positionsWords(row) : "Arrived and sound." }),
  duplicate: (row) => ({ tone: "certain", shape: "copy", words: `Nothing new in this file: it is here already${row.findings.duplicate_of ? ` as ${row.findings.duplicate_of}` : ""}. Nothing was doubled.` }),
  failed: (row) => ({ tone: "wrong", shape: "wrong", words: row.error || "This file could not be used." }),
};

function positionsWords(row) {
  const names = row.findings.attached_to ?? [];
  return names.length ? `Laid over ${names.join(", ")}.` : "Positions kept.";
}

/** Some cameras take one picture every few seconds. */
const pace = (rate) => (rate >= 1 || !rate ? `${Math.round(rate)} frames/s` : `a frame every ${Math.round(1 / rate)} s`);

const fact = (shape, ...words) => h("span", {}, icon(shape), ...words);

/** What inspection found, fact by fact. */
function facts(row) {
  const { probe, gps, start, notes = [] } = row.findings;
  const list = [];
  if (probe) list.push(fact("video", `${clock(probe.duration)}, ${probe.width} × ${probe.height}, ${pace(probe.frame_rate)}, ${probe.codec}`));
  if (gps?.found) list.push(fact("pin", `${gps.points} positions from ${gps.name || gps.source}`));
  else if (gps) list.push(fact("pin", gps.message ?? "No GPS found."));
  if (start) list.push(fact("clock", `Starts ${when(start.at, { dateStyle: "medium", timeStyle: "medium" })} (${SOURCES[start.source] ?? start.source}, ${spread(start.uncertainty_s)})`));
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
  if (row.trip_id) list.push(h("a.button.small.primary", { href: `/trips/${row.trip_id}/` }, "Open trip"));
  if (!acts) return list;
  if (row.phase === "refused" && row.file) list.push(button("Send again", "retry", acts.again));
  if (!row.phase && row.state === "failed" && KEPT.includes(row.error_code)) list.push(button("Try again", "retry", acts.retry));
  if (moving(row) || (!row.phase && ["receiving", "received", "failed"].includes(row.state))) list.push(button(row.state === "failed" ? "Forget" : "Cancel", "close", acts.cancel, "quiet"));
  else if (row.phase === "refused") list.push(button("Forget", "close", acts.cancel, "quiet"));
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

const bar = (row) => h("div.meter", { role: "progressbar", "aria-label": `Sent of ${row.name}`, "aria-valuemin": 0, "aria-valuemax": 100 }, h("i"));

function swap(place, signature, make) {
  if (place.dataset.shows === signature) return;
  place.dataset.shows = signature;
  place.replaceChildren(...make());
}

export { moving };
