// The clips of a trip on one axis of time: two screens, of which one plays and the other has the next clip ready.
import { clock, h, when } from "./dom.js";
import { aboutCopy, askForCopy, clipOf } from "./trip_clip.js";
import { makeControls } from "./trip_controls.js";
import { makeOverlay } from "./trip_overlay.js";
import { makeQuick } from "./trip_quick.js";

const READY_BEFORE = 30; // seconds before the end of a clip at which the next one is fetched

export function makePlayer(trip) {
  const $ = (id) => document.getElementById(id);
  const stage = $("stage");
  const note = $("player-note");
  let [screen, spare, over] = stage.querySelectorAll("video");
  let current = null;
  let wanted = null; // seconds into a clip that is not sought in yet
  let stuck = false; // this browser does not show the clip
  let asked = 0; // counts what was asked to be shown: only the last counts
  const failing = new Set(); // clips that this browser does not play as they are
  const overlay = makeOverlay(trip, stage);
  const quick = makeQuick(over);
  const part = (id) => trip.data.videos.find((one) => one.id === id);
  const times = () => clipOf(current).times;
  /** As it was recorded, where a browser is likely to play that; its light copy otherwise. */
  const source = (one) => (one.light && (!one.plays || failing.has(one.id)) ? one.light : one.url);

  /** The frame that is shown; while one is being sought, that one. */
  const frameNow = () => times().index(wanted ?? screen.currentTime);
  const inClip = () => (current ? times().at(frameNow()) : 0);
  const at = () => (current ? current.offset + inClip() : 0);

  const covers = (one, moment) => moment >= one.offset - 0.01 && moment <= one.offset + one.duration + 0.01;

  /** The clip that shows this moment; the camera that is being watched comes first. */
  function showing(moment) {
    const all = trip.data.videos.filter((one) => covers(one, moment));
    return all.find((one) => one.id === current?.id) ?? all.find((one) => one.camera === current?.camera) ?? all[0] ?? nearest(moment);
  }

  function nearest(moment) {
    const away = (one) => Math.max(one.offset - moment, moment - one.offset - one.duration);
    return [...trip.data.videos].sort((a, b) => away(a) - away(b))[0];
  }

  const nextOf = (one) => trip.data.videos.filter((other) => other.camera === one.camera && other.offset > one.offset).sort((a, b) => a.offset - b.offset)[0];
  const before = (one) => trip.data.videos.filter((other) => other.camera === one.camera && other.offset < one.offset).sort((a, b) => b.offset - a.offset)[0];
  /** Another camera's clip of the same moment. */
  const beside = () => current && trip.data.videos.find((one) => one.camera !== current.camera && covers(one, at()));

  function fill(element, one) {
    element.dataset.video = one.id;
    element.poster = one.poster;
    element.src = source(one);
    element.load();
    clipOf(one);
  }

  function load(one, start) {
    const playing = !screen.paused;
    current = one;
    stuck = false;
    note.hidden = true;
    if (spare.dataset.video === String(one.id) && !spare.error && spare.src.endsWith(source(one))) {
      screen.pause();
      [screen, spare] = [spare, screen];
      screen.classList.add("on");
      spare.classList.remove("on");
    } else {
      fill(screen, one);
    }
    screen.playbackRate = screen.defaultPlaybackRate = controls.speed();
    [screen.muted, screen.volume] = [spare.muted, spare.volume];
    wanted = start;
    begin();
    if (playing) screen.play().catch(() => {});
    for (const known of [clipOf(one).ready, clipOf(one).asked]) known.then(() => tell());
    controls.showClip(one, beside());
    quick.follow(one, source(one) !== one.url);
    watch();
  }

  /** A clip can be sought in once its length is known. */
  function begin() {
    if (wanted === null || screen.readyState < 1) return;
    if (wanted > 0 || screen.currentTime > 0) screen.currentTime = wanted;
    wanted = null;
  }

  /** Show the frame of a clip that is shown `seconds` into it. */
  async function show(one, seconds, { play = false } = {}) {
    if (!one) return;
    if (one.id !== current?.id) load(one, Math.max(0, seconds));
    const mine = (asked += 1);
    await clipOf(one).ready;
    if (mine !== asked) return;
    goTo(times().inside(times().index(seconds)));
    if (play) screen.play().catch(() => {});
    tell();
  }

  function goTo(seconds) {
    const frame = times().index(seconds);
    wanted = seconds;
    quick.seek(seconds, (moment) => times().index(moment) === frame, begin);
  }

  const seek = (moment) => {
    const one = showing(moment);
    return show(one, one ? moment - one.offset : 0);
  };

  function frame(by) {
    if (!current) return;
    screen.pause();
    const to = frameNow() + by;
    const other = to < 0 ? before(current) : to > times().last ? nextOf(current) : null;
    if (other) show(other, to < 0 ? other.duration : 0);
    else {
      goTo(times().inside(Math.min(Math.max(0, to), times().last)));
      tell();
    }
  }

  /** Let everything follow; `seconds` is the time of the frame that is shown. */
  function tell(seconds = inClip()) {
    if (!current) return;
    overlay.draw(current, screen, seconds, clipOf(current).boxes);
    const moment = current.offset + seconds;
    $("now").textContent = clock(moment);
    if (trip.started) $("wall").textContent = when(trip.started + moment * 1000, { timeStyle: "medium" });
    trip.moved(moment, current);
    const next = nextOf(current);
    if (next && current.duration - inClip() < READY_BEFORE && spare.dataset.video !== String(next.id)) fill(spare, next);
  }

  /** Called for each frame that comes on the screen, with that frame's own time. */
  function watch() {
    const mine = screen;
    if (mine.watched) return;
    mine.watched = true;
    if (mine.requestVideoFrameCallback) {
      const shown = (_, { mediaTime }) => {
        mine.requestVideoFrameCallback(shown);
        if (mine !== screen || wanted !== null || mine.seeking) return;
        quick.found();
        tell(times().at(times().index(mediaTime)));
      };
      mine.requestVideoFrameCallback(shown);
      return;
    }
    const turn = () => {
      if (mine === screen && !mine.paused) tell();
      requestAnimationFrame(turn);
    };
    turn();
  }

  const toggle = () => (screen.paused ? screen.play().catch(() => {}) : screen.pause());

  function ended() {
    const next = nextOf(current);
    if (!next) return;
    load(next, 0);
    screen.play().catch(() => {});
  }

  /** The same moment through another camera. */
  function switchTo(one) {
    if (one) show(one, at() - one.offset, { play: !screen.paused });
  }

  async function failed(element) {
    if (element !== screen || !current || !element.getAttribute("src")) return;
    const one = current;
    failing.add(one.id);
    if (one.light && !element.src.endsWith(one.light)) {
      load(one, wanted ?? inClip());
      return;
    }
    stuck = true;
    let words = gettext("The copy of this recording does not play. Its sightings, pictures and places are all here.");
    if (!one.light) words = await aboutCopy(one).catch((error) => error.message);
    if (one.id === current.id) say(words, one);
  }

  function say(words, one) {
    const again = () => askForCopy(one).then(() => copied({ ...one.rendition, video_id: one.id }));
    const retry = one.rendition?.state === "failed" && h("button.button.small", { type: "button", onclick: (event) => (event.stopPropagation(), again()) }, gettext("Try again"));
    note.replaceChildren(...[words, retry].filter(Boolean));
    note.hidden = false;
  }

  /** News of a copy that is being made. */
  async function copied(news) {
    const one = part(news.video_id);
    if (!one) return;
    one.rendition = news;
    if (news.state === "done") one.light = `/files/videos/${one.id}/light/`;
    if (one.id !== current?.id) return;
    if (!stuck) {
      quick.follow(one, source(one) !== one.url);
      return;
    }
    if (news.state === "done") load(one, inClip());
    else say(await aboutCopy(one), one);
  }

  function refresh() {
    const videos = trip.data.videos;
    const first = document.querySelector("[data-started]").dataset.started;
    trip.started ??= first ? Date.parse(first) : null;
    $("length").textContent = clock(Math.max(0, ...videos.map((one) => one.offset + one.duration)));
    if (current) {
      current = part(current.id) ?? current;
      clipOf(current, { fresh: true }).asked.then(() => tell());
      if (current.rendition) copied({ ...current.rendition, video_id: current.id });
    } else if (videos.length) load(videos[0], 0);
    controls.showClips(videos);
    if (current) controls.showClip(current, beside());
  }

  const controls = makeControls({ stage, toggle, frame, screen: () => screen, switchTo: () => switchTo(beside()), chose: (id) => switchTo(part(id)) });
  for (const element of [screen, spare]) {
    const own = (act) => () => element === screen && act();
    for (const event of ["play", "pause", "ended"]) element.addEventListener(event, own(() => controls.showPlaying(!screen.paused)));
    element.addEventListener("loadeddata", own(tell));
    element.addEventListener("seeked", own(() => (wanted === null && quick.found(), tell())));
    // Where a browser knows the sound and not the pictures, it plays the sound and calls that no error.
    element.addEventListener("loadedmetadata", own(() => (element.videoWidth ? begin() : failed(element))));
    element.addEventListener("ended", own(ended));
    element.addEventListener("error", () => failed(element));
  }
  stage.addEventListener("click", (event) => {
    const sighting = overlay.under(event);
    if (sighting) trip.choose(sighting.id);
    else toggle();
  });

  return {
    at, seek, show, toggle, frame, refresh, copied,
    part, by: (seconds) => seek(Math.max(0, at() + seconds)),
    faster: controls.faster, full: controls.full, other: () => switchTo(beside()),
    light: overlay.light, choose: overlay.again,
  }; // prettier-ignore
}
