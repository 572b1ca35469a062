// Many places on a Leaflet map, drawn on one canvas that moves with the map: panning draws nothing anew.
/* global L */
import { number } from "./dom.js";
import { color } from "./map.js";

const CELL = 56; // pixels: what lies in one cell of this grid, which lies still on the world, is one circle
const BEYOND = 0.5; // of the view, drawn on each side, so that there is something to pan into
const TONES = ["--certain", "--doubtful", "--wrong"];
const CLOSE = 17; // zoom from which places stand alone
const HEAT_RADIUS = 18;
const HEAT_STEP = 6; // pixels

export const PlacesLayer = L.Layer.extend({
  initialize() {
    this.places = [];
    this.circles = [];
    this.heat = false;
  },

  /** Places as {id, lat, lon, tone, count}; a count above one is a cell of the server's grid. */
  setPlaces(places) {
    // Mercator in units of the whole world, once; a zoom is then but a factor.
    this.places = places.map((place) => {
      const sin = Math.sin((Math.max(-85, Math.min(85, place.lat)) * Math.PI) / 180);
      return { ...place, x: place.lon / 360 + 0.5, y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
    });
    this.draw();
  },

  setHeat(on) {
    this.heat = on;
    this.draw();
  },

  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "places leaflet-zoom-hide", map.getPane("overlayPane"));
    map.on("moveend zoomend resize", this.draw, this);
    this.painted = () => this.draw();
    addEventListener("themechange", this.painted);
    this.draw();
  },

  onRemove(map) {
    map.off("moveend zoomend resize", this.draw, this);
    removeEventListener("themechange", this.painted);
    this.canvas.remove();
  },

  draw() {
    if (!this._map || !this._map._loaded) return;
    const view = this._map.getSize();
    const pad = view.multiplyBy(BEYOND).round();
    const size = view.add(pad.multiplyBy(2));
    const ratio = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = size.x * ratio;
    this.canvas.height = size.y * ratio;
    this.canvas.style.width = `${size.x}px`;
    this.canvas.style.height = `${size.y}px`;
    const corner = this._map.containerPointToLayerPoint(pad.multiplyBy(-1));
    L.DomUtil.setPosition(this.canvas, corner);
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const world = 256 * 2 ** this._map.getZoom();
    const origin = this._map.getPixelOrigin().add(corner);
    const seen = this.inside(world, origin, size);
    this.circles = this.heat ? [] : this.clustered(seen);
    if (this.heat) this.paintHeat(pen, seen, size, ratio);
    else this.paintCircles(pen);
  },

  /** The places on the canvas, with where. */
  inside(world, origin, size) {
    const seen = [];
    for (const place of this.places) {
      const left = place.x * world - origin.x;
      const top = place.y * world - origin.y;
      if (left > -CELL && top > -CELL && left < size.x + CELL && top < size.y + CELL) seen.push({ place, left, top, cell: `${Math.floor((place.x * world) / CELL)} ${Math.floor((place.y * world) / CELL)}` });
    }
    return seen;
  },

  clustered(seen) {
    if (this._map.getZoom() >= CLOSE) return seen.map((one) => ({ left: one.left, top: one.top, count: one.place.count, places: [one.place] }));
    const cells = new Map();
    for (const { place, left, top, cell } of seen) {
      let circle = cells.get(cell);
      if (!circle) cells.set(cell, (circle = { left: 0, top: 0, count: 0, places: [] }));
      circle.left += left * place.count;
      circle.top += top * place.count;
      circle.count += place.count;
      circle.places.push(place);
    }
    for (const circle of cells.values()) {
      circle.left /= circle.count;
      circle.top /= circle.count;
    }
    return apart([...cells.values()]);
  },

  paintCircles(pen) {
    const tones = TONES.map(color);
    const [surface, accent, ink] = ["--surface", "--accent", "--on-accent"].map(color);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = "600 12px system-ui, sans-serif";
    for (const circle of this.circles) {
      const alone = circle.count === 1;
      circle.radius = radius(circle.count);
      pen.beginPath();
      if (alone && circle.places[0].tone === 1) diamond(pen, circle);
      else pen.arc(circle.left, circle.top, circle.radius, 0, 2 * Math.PI);
      pen.fillStyle = alone ? tones[circle.places[0].tone] : accent;
      pen.globalAlpha = alone ? 1 : 0.9;
      pen.fill();
      pen.globalAlpha = 1;
      pen.lineWidth = 2;
      pen.strokeStyle = surface;
      pen.stroke();
      if (alone) continue;
      pen.fillStyle = ink;
      pen.fillText(short(circle.count), circle.left, circle.top + 0.5);
    }
  },

  /** How thickly they lie: soft dots that add up, then colored by how much came together. */
  paintHeat(pen, seen, size, ratio) {
    const dot = document.createElement("canvas");
    dot.width = dot.height = 2 * HEAT_RADIUS;
    const soft = dot.getContext("2d");
    const fade = soft.createRadialGradient(HEAT_RADIUS, HEAT_RADIUS, 0, HEAT_RADIUS, HEAT_RADIUS, HEAT_RADIUS);
    fade.addColorStop(0, "rgba(0,0,0,1)");
    fade.addColorStop(1, "rgba(0,0,0,0)");
    soft.fillStyle = fade;
    soft.fillRect(0, 0, dot.width, dot.height);
    // One dot for what lies so close together that many would look the same.
    const dots = new Map();
    for (const { place, left, top } of seen) {
      const key = `${Math.floor(left / HEAT_STEP)} ${Math.floor(top / HEAT_STEP)}`;
      const one = dots.get(key);
      if (one) one.count += place.count;
      else dots.set(key, { left, top, count: place.count });
    }
    const most = [...dots.values()].reduce((high, one) => Math.max(high, one.count), 1);
    for (const { left, top, count } of dots.values()) {
      pen.globalAlpha = Math.min(1, Math.max(0.08, Math.sqrt(count / most)));
      pen.drawImage(dot, left - HEAT_RADIUS, top - HEAT_RADIUS);
    }
    pen.globalAlpha = 1;
    pen.globalCompositeOperation = "source-in";
    pen.fillStyle = color("--wrong");
    pen.fillRect(0, 0, size.x * ratio, size.y * ratio);
    pen.globalCompositeOperation = "source-over";
  },

  /** The circle at a point of the map's container, if there is one. */
  at(point) {
    const place = this._map.containerPointToLayerPoint(point).subtract(L.DomUtil.getPosition(this.canvas));
    return this.circles.find((circle) => Math.hypot(circle.left - place.x, circle.top - place.y) <= Math.max(12, circle.radius));
  },
});

const radius = (count) => (count === 1 ? 6 : Math.min(26, 10 + 2.1 * Math.log2(count)));

/** What would lie on a larger circle becomes part of it. */
function apart(circles) {
  const kept = [];
  for (const circle of circles.sort((a, b) => b.count - a.count)) {
    const over = kept.find((other) => Math.hypot(other.left - circle.left, other.top - circle.top) < 0.85 * (radius(other.count) + radius(circle.count)));
    if (!over) {
      kept.push(circle);
      continue;
    }
    over.count += circle.count;
    over.places.push(...circle.places);
  }
  return kept;
}

function diamond(pen, { left, top, radius }) {
  const far = radius + 2;
  pen.moveTo(left, top - far);
  pen.lineTo(left + far, top);
  pen.lineTo(left, top + far);
  pen.lineTo(left - far, top);
  pen.closePath();
}

function short(count) {
  if (count < 1000) return String(count);
  return count < 1e6 ? `${number(count / 1000, count < 10000 ? 1 : 0)}k` : `${number(count / 1e6, 1)}M`;
}
