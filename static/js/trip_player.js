// The video, or the several videos of a trip on one axis of time, with boxes over the plates.
import { clock, svg, when } from "./dom.js";

const INTO_FRAME = 0.01; // seconds: at its very time stamp, rounding may show the frame before
const SHOWN_AROUND = 0.35; // seconds a box stays before and after the frames it was read in

export function makePlayer(trip) {
  const $ = (id) => document.getElementById(id);
  const [video, boxes, note, choice] = [$("video"), $("boxes"), $("player-note"), $("video-select")];
  let current = null;
  let origin = 0; // what the browser calls the first frame of this file: some files do not begin at 0
  let lit = null;
  let wanted = null; // seconds into a video that is still loading

  const inVideo = () => Math.max(0, video.currentTime - origin);
  const part = (id) => trip.data.videos.find((one) => one.id === id);
  const at = () => (current ? current.offset + inVideo() : 0);

  /** The video that shows this moment; the camera that is being watched comes first. */
  function showing(moment) {
    const covers = trip.data.videos.filter((one) => moment >= one.offset - 0.01 && moment <= one.offset + one.duration + 0.01);
    return covers.find((one) => one.camera === current?.camera) ?? covers[0] ?? trip.data.videos[0];
  }

  function load(one, start = 0) {
    current = one;
    note.hidden = true;
    video.poster = start ? "" : one.poster;
    video.src = one.url;
    video.load(); // a media fragment would not survive a second seek
    origin = 0;
    wanted = start;
    choice.value = String(one.id);
    boxes.setAttribute("viewBox", `0 0 ${one.width || 1280} ${one.height || 720}`);
  }

  /** With the first frame there, the file's own beginning is known, and only then can it be sought in. */
  function begin() {
    if (wanted === null) return;
    origin = video.currentTime;
    if (wanted > 0) video.currentTime = origin + wanted;
    wanted = null;
  }

  function seek(moment, { play = false, video: id = null } = {}) {
    const one = (id && part(id)) || showing(moment);
    if (!one) return;
    const inside = Math.min(Math.max(0, moment - one.offset) + INTO_FRAME, Math.max(0, one.duration - INTO_FRAME));
    if (one.id !== current?.id) load(one, inside);
    else if (wanted !== null) wanted = inside;
    else video.currentTime = origin + inside;
    if (play) video.play().catch(() => {});
    tell();
  }

  function tell() {
    const moment = at();
    $("now").textContent = clock(moment);
    if (trip.started) $("wall").textContent = when(trip.started + moment * 1000, { timeStyle: "medium" });
    drawBoxes();
    trip.moved(moment, current);
  }

  function drawBoxes() {
    if (!current) return;
    const t = inVideo();
    const seen = trip.data.sightings.filter((s) => s.video === current.id && s.state !== "rejected" && t >= s.first - SHOWN_AROUND && t <= s.last + SHOWN_AROUND);
    boxes.replaceChildren(...seen.map((s) => rectangle(s, t)).filter(Boolean));
  }

  function rectangle(sighting, t) {
    const box = boxAt(sighting.boxes, t);
    if (!box) return null;
    const [x1, y1, x2, y2] = box;
    const pad = 4;
    const names = [sighting.doubtful ? "doubtful" : "", sighting.id === lit || sighting.id === trip.now ? "lit" : ""].join(" ");
    return svg("rect", { x: x1 - pad, y: y1 - pad, width: x2 - x1 + 2 * pad, height: y2 - y1 + 2 * pad, rx: 3, class: names });
  }

  function follow() {
    tell();
    if (!video.paused && !video.ended) requestAnimationFrame(follow);
  }

  function showPlaying() {
    const playing = !video.paused;
    $("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    $("play-shape").setAttribute("d", playing ? "M6.500 4v12M13.500 4v12" : "M6 4l10 6-10 6z");
  }

  const toggle = () => (video.paused ? video.play().catch(() => {}) : video.pause());

  function frame(by) {
    video.pause();
    const length = 1 / (current?.frame_rate || 25);
    video.currentTime = Math.min(Math.max(origin, video.currentTime + by * length), origin + (current?.duration ?? 0));
  }

  function ended() {
    const next = trip.data.videos.find((one) => one.camera === current.camera && one.offset > current.offset);
    if (!next) return;
    load(next);
    video.play().catch(() => {});
  }

  function refresh() {
    const videos = trip.data.videos;
    const first = document.querySelector("[data-started]").dataset.started;
    trip.started ??= first ? Date.parse(first) : null;
    $("length").textContent = clock(Math.max(0, ...videos.map((one) => one.offset + one.duration)));
    choice.hidden = videos.length < 2;
    choice.replaceChildren(...videos.map((one) => new Option(`${one.name} (${one.camera})`, one.id)));
    if (current) current = part(current.id) ?? current;
    else if (videos.length) load(videos[0]);
    if (current) choice.value = String(current.id);
    drawBoxes();
  }

  video.addEventListener("play", () => (showPlaying(), follow()));
  for (const event of ["pause", "ended"]) video.addEventListener(event, showPlaying);
  for (const event of ["seeked", "timeupdate", "loadeddata"]) video.addEventListener(event, tell);
  video.addEventListener("loadeddata", begin);
  video.addEventListener("ended", ended);
  video.addEventListener("click", toggle);
  video.addEventListener("error", () => {
    note.textContent = "This browser cannot play this video's format. Its sightings, pictures and places are all here; the file can be watched with another program.";
    note.hidden = false;
  });
  $("play").addEventListener("click", toggle);
  $("step-back").addEventListener("click", () => frame(-1));
  $("step-on").addEventListener("click", () => frame(1));
  $("speed").addEventListener("change", (event) => (video.playbackRate = Number(event.target.value)));
  choice.addEventListener("change", () => seek(Math.max(part(Number(choice.value)).offset, at()), { video: Number(choice.value) }));

  return {
    at, seek, toggle, frame, refresh,
    light: (id) => ((lit = id), drawBoxes()),
    choose: () => drawBoxes(),
  }; // prettier-ignore
}

/** Where a plate is at a moment, on a straight line between the frames it was read in. */
function boxAt(boxes, t) {
  if (!boxes.length) return null;
  const after = boxes.findIndex((box) => box[0] >= t);
  if (after <= 0) return (after === 0 ? boxes[0] : boxes.at(-1)).slice(1);
  const [a, b] = [boxes[after - 1], boxes[after]];
  const share = b[0] > a[0] ? (t - a[0]) / (b[0] - a[0]) : 0;
  return a.slice(1).map((side, index) => side + share * (b[index + 1] - side));
}
