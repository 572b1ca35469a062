// Drawing an area on a map: a click for each corner, the first one again or Enter to finish, Escape to leave it.
/* global L */
import { color } from "./map.js";

const NEAR = 12; // pixels from the first corner within which a click finishes
const MOST = 60;

export class AreaDrawing {
  constructor(map, { done, ended }) {
    this.map = map;
    this.done = done;
    this.ended = ended;
    this.corners = [];
    this.line = L.polygon([], { color: color("--accent"), weight: 2, interactive: false }).addTo(map);
    this.first = null;
    this.click = (event) => this.add(event);
    this.key = (event) => this.pressed(event);
    map.on("click", this.click);
    map.doubleClickZoom.disable();
    document.addEventListener("keydown", this.key, true);
    map.getContainer().classList.add("drawing");
  }

  add({ latlng, containerPoint }) {
    const start = this.corners[0];
    const closes = start && this.map.latLngToContainerPoint(start).distanceTo(containerPoint) <= NEAR;
    const last = this.corners.at(-1);
    if (last && !closes && this.map.latLngToContainerPoint(last).distanceTo(containerPoint) < 3) {
      this.finish(); // a double click
      return;
    }
    if (closes || this.corners.length >= MOST) {
      this.finish();
      return;
    }
    this.corners.push(latlng);
    this.line.setLatLngs(this.corners);
    this.first ??= L.circleMarker(latlng, { radius: 6, color: color("--accent"), weight: 2, interactive: false }).addTo(this.map);
  }

  pressed(event) {
    if (event.key === "Escape") this.stop();
    else if (event.key === "Enter") this.finish();
    else if (event.key === "Backspace") this.line.setLatLngs((this.corners = this.corners.slice(0, -1)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  finish() {
    if (this.corners.length < 3) return;
    const corners = this.corners.map(({ lat, lng }) => `${(((lng + 540) % 360) - 180).toFixed(5)},${lat.toFixed(5)}`);
    this.stop();
    this.done(corners.join(";"));
  }

  stop() {
    this.map.off("click", this.click);
    this.map.doubleClickZoom.enable();
    document.removeEventListener("keydown", this.key, true);
    this.map.getContainer().classList.remove("drawing");
    this.line.remove();
    this.first?.remove();
    this.ended();
  }
}

/** The polygon that an address names, as Leaflet draws it. */
export const cornersOf = (area) => area.split(";").map((corner) => corner.split(",").map(Number).reverse());
