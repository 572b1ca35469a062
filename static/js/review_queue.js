// The sightings a reviewer has claimed: fetched ahead, their pictures too, kept while in use, given back on leaving.
import { api } from "./dom.js";

const AHEAD = 6;
const AT_ONCE = 10;
const PICTURES_AHEAD = 3;
const IDLE_MS = 240000; // who did nothing for so long lets the claims run out

export function makeQueue(config, { pending, told, failed }) {
  const items = [];
  const skipped = new Set();
  const pictures = new Map();
  let asking = false;
  let dry = false;
  let activeAt = Date.now();
  let renew = 0;

  const held = () => items.map((item) => item.id);

  async function ask(count) {
    const body = { count, flagged: config.flagged, trip: config.trip, vehicle: config.vehicle, held: held(), skipped: [...skipped, ...pending()].slice(-500) };
    return api("/api/v1/review/next/", { method: "POST", body });
  }

  /** Fetch more where few are left; `again` also when there were none the last time. */
  async function fill(again = false) {
    if (asking || (dry && !again) || items.length >= AHEAD) return;
    asking = true;
    let answer;
    try {
      answer = await take(AT_ONCE);
    } catch (error) {
      asking = false;
      failed(error);
      return;
    }
    asking = false;
    told(answer);
  }

  async function take(count) {
    const answer = await ask(count);
    const gone = new Set(answer.lost);
    // The first one is being looked at: it stays, and the site refuses what has become wrong.
    for (let index = items.length - 1; index > 0; index -= 1) if (gone.has(items[index].id)) items.splice(index, 1);
    const out = new Set([...held(), ...pending(), ...skipped]);
    items.push(...answer.items.filter((item) => !out.has(item.id)));
    if (count) dry = answer.items.length < count;
    clearTimeout(renew);
    renew = setTimeout(renewed, (answer.lease_s * 1000) / 3);
    preload();
    return answer;
  }

  async function renewed() {
    if (Date.now() - activeAt > IDLE_MS || !items.length) return;
    try {
      told(await take(0));
    } catch {
      renew = setTimeout(renewed, 20000);
    }
  }

  function load(url) {
    if (!url || pictures.has(url)) return;
    const picture = new Image();
    picture.src = url;
    pictures.set(url, picture);
  }

  function preload() {
    for (const item of items.slice(1, 1 + PICTURES_AHEAD)) {
      load(item.crop_url);
      load(item.context_url);
      for (const seen of item.observations.slice(-8)) load(seen.crop_url);
    }
    for (const url of [...pictures.keys()].slice(0, -80)) pictures.delete(url);
  }

  function next() {
    items.shift();
    preload();
    fill(!items.length); // the last look, in case something came meanwhile
  }

  function skip() {
    const [item] = items;
    skipped.add(item.id);
    next();
    api("/api/v1/review/release/", { method: "POST", body: { sightings: [item.id] } }).catch(() => {});
  }

  function leave() {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
    if (items.length) fetch("/api/v1/review/release/", { method: "POST", keepalive: true, headers, body: JSON.stringify({ sightings: held() }) });
  }

  function stir() {
    const idle = Date.now() - activeAt > IDLE_MS;
    activeAt = Date.now();
    if (idle) renewed();
  }

  addEventListener("online", () => fill(true));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("keydown", stir);
  addEventListener("pointerdown", stir);
  return {
    fill,
    next,
    skip,
    first: () => items[0],
    asking: () => asking,
    back: (item) => items.unshift(item),
    skipped: () => skipped.size,
    again: () => (skipped.clear(), fill(true)),
  };
}
