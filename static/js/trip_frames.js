// Which frame of a video is shown at a moment, and when the next one is: also where frames come at uneven distances.

const INTO_FRAME = 0.01; // seconds: at its very time stamp, rounding may show the frame before
const NEAR = 0.002; // what rounding on the way here may have taken from a frame's time

/** From the times that the server kept ({unit, first, steps}), or from the frame rate where it kept none. */
export function frameTimes(packed, video) {
  const times = packed ? unpacked(packed) : even(video);
  const last = times.length - 1;

  /** The frame that is shown at a moment: the last one that is not later. */
  function index(moment) {
    let [low, high] = [0, last];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (times[middle] <= moment + NEAR) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** A moment at which a player shows this frame and no other. */
  function inside(frame) {
    const [at, next] = [times[frame], times[frame + 1] ?? Infinity];
    return at + Math.min(INTO_FRAME, (next - at) / 2);
  }

  return { last, index, inside, at: (frame) => times[frame] };
}

function unpacked({ unit, first, steps }) {
  const times = [first];
  for (const [distance, count] of steps) for (let turn = 0; turn < count; turn += 1) times.push(times.at(-1) + distance);
  return times.map((stamp) => (stamp * unit[0]) / unit[1]);
}

function even(video) {
  const rate = video.frame_rate || 25;
  return Array.from({ length: Math.max(1, Math.round(video.duration * rate)) }, (_, frame) => frame / rate);
}

/** Where a plate is at a moment, on a straight line between the frames it was read in; null before and after them. */
export function boxAt(boxes, t, frame) {
  if (!boxes?.length || t < boxes[0][0] - frame || t > boxes.at(-1)[0] + frame) return null;
  const after = boxes.findIndex((box) => box[0] >= t);
  if (after <= 0) return (after === 0 ? boxes[0] : boxes.at(-1)).slice(1);
  const [a, b] = [boxes[after - 1], boxes[after]];
  const share = b[0] > a[0] ? (t - a[0]) / (b[0] - a[0]) : 0;
  return a.slice(1).map((side, index) => side + share * (b[index + 1] - side));
}
