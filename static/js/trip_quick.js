// A recording takes long to decode its way to a frame; its light copy, which has key frames close together, does not.
// So the copy shows the frame first, and the recording takes its place as soon as it is there.
import { askForCopy } from "./trip_clip.js";

const SLOW = 300; // milliseconds that a person notices
const ENOUGH = 3; // slow seeks in one clip until a copy of it is asked for

/** `element`: the video that lies over those that show recordings. */
export function makeQuick(element) {
  const able = "requestVideoFrameCallback" in element;
  let clip = null;
  let slow = 0; // seeks in this clip that took long
  let begun = 0; // when the last one began; 0 while nothing is sought
  let timer = 0;
  let asked = 0; // counts the seeks: only the last counts

  /** The clip that is shown; `copied` where that is its light copy already. */
  function follow(one, copied) {
    if (one.id !== clip?.id) slow = 0;
    clip = one;
    const source = able && !copied ? one.light : "";
    if ((element.getAttribute("src") ?? "") === source) return;
    asked += 1;
    element.classList.remove("on");
    if (source) element.src = source;
    else element.removeAttribute("src");
    element.load();
  }

  /** Show a moment of the clip, and call `go` then: decoding both at a time takes longer. `isIt` knows its frame. */
  function seek(seconds, isIt, go) {
    const mine = (asked += 1);
    begun = performance.now();
    clearTimeout(timer);
    if (element.readyState < 1) {
      go();
      return;
    }
    timer = setTimeout(go, SLOW);
    const shown = (_, { mediaTime }) => {
      if (mine !== asked) return;
      if (!isIt(mediaTime)) {
        element.requestVideoFrameCallback(shown);
        return;
      }
      clearTimeout(timer);
      element.classList.add("on");
      go();
    };
    element.requestVideoFrameCallback(shown);
    element.currentTime = seconds;
  }

  /** The recording shows what was sought. */
  function found() {
    asked += 1;
    clearTimeout(timer);
    element.classList.remove("on");
    if (begun && performance.now() - begun > SLOW) slow += 1;
    begun = 0;
    if (slow < ENOUGH || !clip || clip.rendition) return;
    slow = 0;
    askForCopy(clip).catch(() => {}); // it plays without one
  }

  return { follow, seek, found };
}
