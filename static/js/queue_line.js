// The upload page's line about the queue: what is still to be read, and how long that takes.
import { api, left } from "./dom.js";
import { on } from "./live.js";

const ASK_EVERY = 10000;
const line = document.getElementById("queue-line");

const some = (count, one, many) => `${count} ${count === 1 ? one : many}`;

function words(queue) {
  const parts = [];
  if (queue.files) parts.push(`${some(queue.files, "file", "files")} to look at`);
  if (queue.trips) parts.push(`${some(queue.trips, "trip", "trips")} to read, ${Math.max(1, Math.round(queue.video_s / 60))} min of video`);
  if (queue.paused) parts.push(`${some(queue.paused, "trip", "trips")} paused`);
  if (queue.trips && left(queue.eta_s)) parts.push(left(queue.eta_s));
  return parts.length ? `In the queue: ${parts.join(" · ")}.` : "";
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
