// The upload page's line about the queue: what is still to be read, and how long that takes.
import { api, left } from "./dom.js";
import { on } from "./live.js";

const ASK_EVERY = 10000;
const line = document.getElementById("queue-line");

function words(queue) {
  const parts = [];
  if (queue.files) parts.push(interpolate(ngettext("%(count)s file to look at", "%(count)s files to look at", queue.files), { count: queue.files }, true));
  const toRead = { count: queue.trips, minutes: Math.max(1, Math.round(queue.video_s / 60)) };
  if (queue.trips) parts.push(interpolate(ngettext("%(count)s trip to read, %(minutes)s min of video", "%(count)s trips to read, %(minutes)s min of video", queue.trips), toRead, true));
  if (queue.paused) parts.push(interpolate(ngettext("%(count)s trip paused", "%(count)s trips paused", queue.paused), { count: queue.paused }, true));
  if (queue.trips && left(queue.eta_s)) parts.push(left(queue.eta_s));
  return parts.length ? interpolate(gettext("In the queue: %(parts)s."), { parts: parts.join(" · ") }, true) : "";
}

async function show() {
  if (document.hidden) return;
  try {
    const said = words(await api("/api/v1/queue/"));
    const field = line.querySelector("[data-field=words]");
    if (field.textContent !== said) field.textContent = said;
    line.hidden = !said;
  } catch {
    // What stands there is a little old; the next time it is new again.
  }
}

if (line) {
  show();
  on("connected", show);
  setInterval(show, ASK_EVERY);
}
