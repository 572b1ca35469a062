// The plates over the picture: a box and its read, drawn on a canvas at the frame that is shown.
import { h } from "./dom.js";
import { boxAt } from "./trip_frames.js";

const PAD = 4; // pixels of the page around a plate
const FONT = "600 13px system-ui, sans-serif";
const LABEL_HIGH = 20;
const COLORS = { lit: "#6ea8ff", doubtful: "#ffc34d", plain: "#ffffff" };

export function makeOverlay(trip, stage) {
  const canvas = stage.querySelector("canvas");
  const names = document.getElementById("in-picture");
  const pen = canvas.getContext("2d");
  let shown = []; // [{sighting, left, top, wide, high}] in pixels of the stage
  let lit = null;
  let last = null; // what was drawn, to draw it again at another size

  /** Draw what is seen in `video` (a clip of the trip) at second t of it, over the picture that `screen` shows. */
  function draw(video, screen, t, boxes) {
    last = [video, screen, t, boxes];
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const sharp = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * sharp) || canvas.height !== Math.round(height * sharp)) {
      canvas.width = Math.round(width * sharp);
      canvas.height = Math.round(height * sharp);
    }
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.clearRect(0, 0, width, height);
    const picture = inside(width, height, screen.videoWidth || video.width, screen.videoHeight || video.height);
    shown = trip.data.sightings.flatMap((sighting) => {
      if (sighting.video !== video.id || sighting.state === "rejected") return [];
      const box = boxAt(boxes[sighting.id], t, 1 / (video.frame_rate || 25));
      return box ? [{ sighting, ...placed(box, picture, video) }] : [];
    });
    for (const one of [...shown].sort((a, b) => chosen(a) - chosen(b))) outline(one); // the chosen one above the others
    nameThem();
  }

  const chosen = ({ sighting }) => Number(sighting.id === lit || sighting.id === trip.now);

  function outline(one) {
    const { sighting, left, top, wide, high } = one;
    const color = chosen(one) ? COLORS.lit : sighting.doubtful ? COLORS.doubtful : COLORS.plain;
    pen.lineWidth = chosen(one) ? 3 : 2;
    pen.strokeStyle = color;
    pen.setLineDash(sighting.doubtful ? [5, 3] : []);
    pen.strokeRect(left, top, wide, high);
    const words = sighting.plate || gettext("unreadable");
    pen.font = FONT;
    const length = pen.measureText(words).width + 10;
    const over = top > LABEL_HIGH ? top - LABEL_HIGH - 1 : top + high + 1;
    pen.fillStyle = "rgb(10 12 16 / 82%)";
    pen.fillRect(left - 1, over, length, LABEL_HIGH);
    pen.fillStyle = color;
    pen.textBaseline = "middle";
    pen.fillText(words, left + 4, over + LABEL_HIGH / 2);
  }

  /** The same for those who do not see the canvas: a button for each plate in the picture. */
  function nameThem() {
    const ids = shown.map((one) => one.sighting.id);
    const known = [...names.children].map((button) => Number(button.dataset.sighting));
    if (ids.length !== known.length || ids.some((id, index) => id !== known[index])) {
      names.replaceChildren(...shown.map(({ sighting }) => nameOf(sighting)));
    }
    for (const button of names.children) {
      const id = Number(button.dataset.sighting);
      button.classList.toggle("lit", id === lit || id === trip.now);
    }
  }

  function nameOf(sighting) {
    const light = () => trip.light(sighting.id);
    const dark = () => trip.light(null);
    const go = () => trip.choose(sighting.id);
    return h("button.in-picture", { type: "button", "data-sighting": sighting.id, onclick: go, onmouseenter: light, onmouseleave: dark, onfocus: light, onblur: dark }, sighting.plate || gettext("unreadable"));
  }

  /** The sighting whose box lies under the pointer; the smallest where several do. */
  function under(event) {
    const view = stage.getBoundingClientRect();
    const [x, y] = [event.clientX - view.left, event.clientY - view.top];
    const hit = shown.filter((one) => x >= one.left && x <= one.left + one.wide && y >= one.top && y <= one.top + one.high);
    return hit.sort((a, b) => a.wide * a.high - b.wide * b.high)[0]?.sighting ?? null;
  }

  let hovered = null;
  function hover(event) {
    const id = event.type === "pointerleave" ? null : (under(event)?.id ?? null);
    if (id === hovered) return;
    hovered = id;
    stage.style.cursor = id ? "pointer" : "";
    trip.light(id);
  }

  const again = () => last && draw(...last);
  stage.addEventListener("pointermove", hover);
  stage.addEventListener("pointerleave", hover);
  new ResizeObserver(again).observe(stage);
  return { draw, under, again, light: (id) => ((lit = id), again()) };
}

/** Where a picture lies in a stage that is wider or higher than it. */
function inside(width, height, columns, rows) {
  const scale = Math.min(width / columns, height / rows);
  const [wide, high] = [columns * scale, rows * scale];
  return { left: (width - wide) / 2, top: (height - high) / 2, wide, high };
}

function placed([x1, y1, x2, y2], picture, video) {
  // The boxes are in pixels of the recording, which a light copy has fewer of.
  const [across, down] = [picture.wide / video.width, picture.high / video.height];
  return {
    left: picture.left + x1 * across - PAD,
    top: picture.top + y1 * down - PAD,
    wide: (x2 - x1) * across + 2 * PAD,
    high: (y2 - y1) * down + 2 * PAD,
  };
}
