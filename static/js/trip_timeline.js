// The strip below the video: where the videos lie in time, a mark a sighting, and as many crops as there is room for.
import { clock, h } from "./dom.js";

const CROP_ROOM = 100; // pixels a crop takes
const TICK_ROOM = 90;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const KEY_STEP = 5;

export function makeTimeline(trip) {
  const strip = document.getElementById("timeline");
  const now = h("div.timeline-now");
  let length = 1;
  let parts = new Map();

  const place = (at) => `${((at / length) * 100).toFixed(3)}%`;

  function refresh() {
    length = Math.max(1, ...trip.data.videos.map((one) => one.offset + one.duration));
    strip.setAttribute("aria-valuemax", Math.round(length));
    parts = new Map(trip.data.sightings.map((sighting) => [sighting.id, []]));
    strip.replaceChildren(rule(), ...ticks(), ...marks(), ...crops(), now);
  }

  function rule() {
    const videos = trip.data.videos.map((one) => h("div.timeline-part", { style: `left:${place(one.offset)};width:${place(one.duration)}` }));
    return h("div.timeline-rule", {}, videos);
  }

  function ticks() {
    const step = STEPS.find((size) => length / size <= Math.max(2, strip.clientWidth / TICK_ROOM)) ?? STEPS.at(-1);
    const moments = Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
    return moments.filter((at) => at > length * 0.02 && at < length * 0.98).map((at) => h("span.timeline-tick", { style: `left:${place(at)}` }, clock(at)));
  }

  function marks() {
    return trip.data.sightings.map((sighting) => {
      const tone = sighting.state === "rejected" ? "wrong" : sighting.doubtful ? "doubtful" : "";
      return keep(sighting, h("i", { class: `timeline-mark ${tone}`, style: `left:${place(sighting.at)}` }));
    });
  }

  /** The surest sightings get their crop shown first; the rest wait until there is room between them. */
  function crops() {
    const room = strip.clientWidth || 600;
    const taken = [];
    const wanted = trip.data.sightings.filter((one) => one.crop && one.state !== "rejected").sort((a, b) => b.confidence - a.confidence);
    return wanted.flatMap((sighting) => {
      const x = Math.min(Math.max((sighting.at / length) * room, CROP_ROOM / 2), room - CROP_ROOM / 2);
      if (taken.some((other) => Math.abs(other - x) < CROP_ROOM)) return [];
      taken.push(x);
      const picture = h("img", { src: sighting.crop, alt: "", loading: "lazy" });
      const shown = h("span.timeline-crop", { title: interpolate(gettext("%(plate)s at %(time)s"), { plate: sighting.plate || gettext("unreadable"), time: clock(sighting.at) }, true), style: `left:${x}px` }, picture);
      shown.addEventListener("click", (event) => (event.stopPropagation(), trip.go(sighting.id)));
      return [keep(sighting, shown)];
    });
  }

  function keep(sighting, element) {
    element.addEventListener("mouseenter", () => trip.light(sighting.id));
    element.addEventListener("mouseleave", () => trip.light(null));
    parts.get(sighting.id).push(element);
    return element;
  }

  let shining = [];
  function shine(...ids) {
    for (const element of shining) element.classList.remove("lit");
    shining = ids.flatMap((id) => parts.get(id) ?? []);
    for (const element of shining) element.classList.add("lit");
  }

  function moved(at) {
    now.style.left = place(at);
    strip.setAttribute("aria-valuenow", Math.round(at));
    strip.setAttribute("aria-valuetext", clock(at));
  }

  function seekTo(event) {
    const box = strip.getBoundingClientRect();
    trip.seek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * length);
  }

  strip.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".timeline-crop")) return;
    strip.setPointerCapture(event.pointerId);
    seekTo(event);
  });
  strip.addEventListener("pointermove", (event) => strip.hasPointerCapture(event.pointerId) && seekTo(event));
  strip.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    trip.seek(Math.min(length, Math.max(0, Number(strip.getAttribute("aria-valuenow") ?? 0) + by)));
  });
  let width = 0;
  new ResizeObserver(() => {
    if (strip.clientWidth === width) return;
    width = strip.clientWidth;
    refresh();
    shine(trip.now);
  }).observe(strip);
  return { refresh, moved, light: (id) => shine(id, trip.now), choose: (id) => shine(id) };
}
