// The trip page: one state that video, map, time line and list all follow.
import { api, pageData, typing } from "./dom.js";
import { on } from "./live.js";
import { isActive, showTrip } from "./progress.js";
import { makeEdits } from "./trip_edits.js";
import { makeList } from "./trip_list.js";
import { makeTripMap } from "./trip_map.js";
import { makePlayer } from "./trip_player.js";
import { makeTimeline } from "./trip_timeline.js";
import { makeWords } from "./trip_words.js";

const REFRESH_EVERY = 4000;
const JUMP = 5; // seconds
const data = unpacked(pageData("trip-data"));
let known = byId(data);
const trip = {
  data,
  views: [],
  now: null,
  find: (id) => known.get(id),
  /** Light one sighting in all four places; null puts the light out. */
  light(id) {
    for (const view of trip.views) view.light?.(id);
  },
  /** Move all four to a sighting. */
  go(id, { play = false } = {}) {
    const sighting = trip.find(id);
    if (!sighting) return;
    trip.choose(id);
    player.show(player.part(sighting.video), sighting.best, { play });
    history.replaceState(null, "", `#s${id}`);
  },
  choose(id) {
    trip.now = id;
    for (const view of trip.views) view.choose?.(id);
  },
  seek: (at) => player.seek(at),
  /** The player says where it is; the rest follows. */
  moved(at, video) {
    for (const view of trip.views) view.moved?.(at, video);
  },
  step(by) {
    const shown = list.shown();
    if (!shown.length) return;
    const place = shown.findIndex((sighting) => sighting.id === trip.now);
    const next = place < 0 ? nearest(shown, by) : Math.min(shown.length - 1, Math.max(0, place + by));
    trip.go(shown[next].id);
  },
};

/** Sightings come as a list for each of their fields, and a way as steps. */
function unpacked({ sightings: fields, videos: packed, ...rest }) {
  const names = Object.keys(fields);
  const videos = packed.map((one) => ({ ...one, points: way(one.points) }));
  const offsets = new Map(videos.map((one) => [one.id, one.offset]));
  const sightings = (fields.id ?? []).map((_, index) => {
    const sighting = Object.fromEntries(names.map((name) => [name, fields[name][index]]));
    const [lat, lon, range_m, major_m, minor_m, angle_deg] = sighting.car ?? [];
    const car = sighting.car && { lat, lon, range_m, ellipse: { major_m, minor_m, angle_deg } };
    return { ...sighting, car, at: offsets.get(sighting.video) + sighting.best };
  });
  return { ...rest, videos, sightings };
}

/** [[seconds, latitude, longitude], …] */
function way([times, norths, easts]) {
  let [time, lat, lon] = [0, 0, 0];
  return times.map((step, index) => [(time += step) / 1e3, (lat += norths[index]) / 1e6, (lon += easts[index]) / 1e6]);
}

function byId({ sightings }) {
  return new Map(sightings.map((sighting) => [sighting.id, sighting]));
}

function nearest(shown, by) {
  const later = shown.findIndex((sighting) => sighting.at >= player.at());
  if (later < 0) return shown.length - 1;
  return by > 0 ? later : Math.max(0, later - 1);
}

const player = makePlayer(trip);
const list = makeList(trip);
const words = makeWords(trip, refresh);
trip.views.push(player, makeTripMap(trip), makeTimeline(trip), list);

const showHead = (news) => showTrip(document.querySelector(".trip-head"), news);
let asked = false;
let again = false;

/** Fetch what is known now, and let each view take it over without losing its place. */
async function refresh() {
  if (asked) {
    again = true;
    return;
  }
  asked = true;
  try {
    trip.data = unpacked(await api(`/trips/${data.trip.id}/data/`));
    known = byId(trip.data);
    showHead(trip.data.trip);
    for (const view of trip.views) view.refresh?.();
    if (trip.now) trip.choose(trip.now);
  } catch {
    again = true;
  }
  setTimeout(() => {
    asked = false;
    if (again) {
      again = false;
      refresh();
    }
  }, REFRESH_EVERY);
}

on("trip", (news) => {
  if (news.id !== data.trip.id) return;
  const before = trip.data.trip;
  showHead(news);
  if (news.state !== before.state && ["partial", "failed"].includes(news.state)) location.reload();
  const changed = news.sightings !== before.sightings || news.doubtful !== before.doubtful || news.state !== before.state;
  trip.data.trip = news;
  if (changed) refresh();
});
on("rendition", (news) => news.trip_id === data.trip.id && player.copied(news));
on("sighting", (news) => news.trip_id === data.trip.id && refresh());
// What happened while there was no line; while the page was on its way, only a trip that is being read has news.
let lines = 0;
on("connected", () => (lines++ || isActive(data.trip)) && refresh());

const legend = document.getElementById("keys-dialog");
document.getElementById("keys-open").addEventListener("click", () => legend.showModal());

const keys = {
  " ": () => player.toggle(),
  arrowleft: (shift) => (shift ? player.by(-JUMP) : player.frame(-1)),
  arrowright: (shift) => (shift ? player.by(JUMP) : player.frame(1)),
  "<": () => player.faster(-1),
  ">": () => player.faster(1),
  v: () => player.other(),
  z: () => player.full(),
  "?": () => legend.showModal(),
  j: () => trip.step(1),
  k: () => trip.step(-1),
  f: () => words.flag(),
  c: () => words.correct(),
};

document.addEventListener("keydown", (event) => {
  const act = typing(event) ? null : keys[event.key.toLowerCase()];
  // A focused button is pressed by space (but a row of the list, which was only clicked, by Enter alone), and a focused
  // time line moved by its own arrows.
  if (!act || (event.key === " " && event.target.closest("button:not(.seen-time), a, summary, [role=button]")) || event.defaultPrevented) return;
  event.preventDefault();
  act(event.shiftKey);
});

makeEdits(data.trip.id);
const renaming = document.getElementById("rename-dialog");
document.getElementById("rename-open")?.addEventListener("click", () => renaming.showModal());
for (const view of trip.views) view.refresh?.();
showHead(data.trip);
const linked = location.hash.match(/^#s(\d+)$/);
if (linked) trip.go(Number(linked[1]));
