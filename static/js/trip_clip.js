// What belongs to one clip beside its picture: the times of its frames, the boxes in it, and a copy that plays.
import { api, percent } from "./dom.js";
import { frameTimes } from "./trip_frames.js";

const clips = new Map();

/** Fetched once for each clip; `boxes` again where `fresh` is asked for. */
export function clipOf(video, { fresh = false } = {}) {
  if (!clips.has(video.id)) clips.set(video.id, { times: frameTimes(null, video), boxes: {}, ready: fetchTimes(video) });
  const clip = clips.get(video.id);
  if (fresh || !clip.asked) clip.asked = fetchBoxes(video, clip);
  return clip;
}

async function fetchTimes(video) {
  const response = await fetch(`/files/videos/${video.id}/times/`).catch(() => null);
  if (response?.status === 200) clips.get(video.id).times = frameTimes(await response.json(), video);
}

async function fetchBoxes(video, clip) {
  clip.boxes = await api(`/videos/${video.id}/boxes/`).catch(() => clip.boxes);
}

/** Have a copy made that this browser can play. */
export async function askForCopy(video) {
  video.rendition = await api(`/api/v1/videos/${video.id}/rendition/`, { method: "POST" });
}

/** What there is to say of a recording that this browser cannot play; its copy is asked for if nobody has. */
export async function aboutCopy(video) {
  if (!video.rendition) await askForCopy(video);
  const { state, progress, error } = video.rendition;
  if (state === "failed") return interpolate(gettext("A copy that this browser can play could not be made: %(error)s"), { error }, true);
  if (state === "making") return interpolate(gettext("This browser cannot play this recording as it is. A copy that it can play is being made: %(share)s."), { share: percent(progress) }, true);
  return gettext("This browser cannot play this recording as it is. A copy that it can play is made as soon as a worker is free.");
}
