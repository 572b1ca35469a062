// The bar below the picture: play, step, speed, camera, clip, full screen.

const CAMERAS = { front: gettext("front"), rear: gettext("rear"), other: gettext("other") };

export function makeControls({ stage, toggle, frame, screen, switchTo, chose }) {
  const $ = (id) => document.getElementById(id);
  const [speed, choice, camera, full] = [$("speed"), $("video-select"), $("other-camera"), $("full-screen")];

  function setSpeed() {
    screen().playbackRate = screen().defaultPlaybackRate = Number(speed.value);
  }

  /** One step faster (1) or slower (-1). */
  function faster(by) {
    speed.selectedIndex = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + by));
    setSpeed();
  }

  function showPlaying(playing) {
    $("play").setAttribute("aria-label", playing ? gettext("Pause") : gettext("Play"));
    $("play-shape").setAttribute("d", playing ? "M6.500 4v12M13.500 4v12" : "M6 4l10 6-10 6z");
  }

  function showClips(videos) {
    choice.hidden = videos.length < 2;
    choice.replaceChildren(...videos.map((one) => new Option(`${one.name} (${CAMERAS[one.camera]})`, one.id)));
  }

  function showClip(one, other) {
    choice.value = String(one.id);
    camera.hidden = !other;
    if (other) camera.textContent = { front: gettext("Front"), rear: gettext("Rear"), other: gettext("Other") }[other.camera];
  }

  const fill = () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen?.());

  $("play").addEventListener("click", toggle);
  $("step-back").addEventListener("click", () => frame(-1));
  $("step-on").addEventListener("click", () => frame(1));
  speed.addEventListener("change", setSpeed);
  camera.addEventListener("click", switchTo);
  choice.addEventListener("change", () => chose(Number(choice.value)));
  full.hidden = !stage.requestFullscreen;
  full.addEventListener("click", fill);
  return { speed: () => Number(speed.value), faster, full: fill, showPlaying, showClips, showClip };
}
