// A map of the sightings that some filters let through: clusters or heat, an area to draw, and what was clicked.
/* global L */
import { AreaDrawing, cornersOf } from "./area_draw.js";
import { api, h, number } from "./dom.js";
import { color, fit, makeMap } from "./map.js";
import { PlacesLayer } from "./places_layer.js";
import { plateChip } from "./plate.js";
import { toast } from "./toast.js";

const NEAREST = 16; // how far a click on a circle goes in at most
const SETTLED = 250; // after the last move, before places are asked for again
const LISTED = 6;

export class PlacesMap {
  /** `root` holds the map, and its tools where it has them; `onArea` gets a drawn area, `onView` the box in view. */
  constructor(root, { onArea, onView, onMove = () => {} }) {
    this.root = root;
    this.onMove = onMove;
    this.map = makeMap(root.querySelector(".map"));
    this.layer = new PlacesLayer().addTo(this.map);
    this.areas = L.layerGroup().addTo(this.map);
    this.words = null;
    this.fitted = false;
    this.gridded = false;
    this.map.setView([30, 10], 2);
    this.map.on("click", (event) => this.drawing || this.clicked(event.containerPoint));
    this.map.on("moveend", () => this.moved());
    this.map.on("mousemove", (event) => this.map.getContainer().classList.toggle("over-place", Boolean(this.layer.at(event.containerPoint))));
    this.onArea = onArea;
    document.getElementById("draw-area").addEventListener("click", () => (this.drawing ? this.drawing.stop() : this.draw()));
    document.getElementById("use-view").addEventListener("click", () => onView(this.view()));
    const heat = document.getElementById("heat");
    this.layer.setHeat(heat.checked);
    heat.addEventListener("change", () => this.layer.setHeat(heat.checked));
  }

  /** The box in view, as a filter says it. */
  view() {
    const box = this.map.getBounds();
    const round = (degrees, most) => Math.max(-most, Math.min(most, degrees)).toFixed(5);
    return [round(box.getWest(), 180), round(box.getSouth(), 90), round(box.getEast(), 180), round(box.getNorth(), 90)].join(",");
  }

  say(words) {
    document.getElementById("map-words").textContent = words;
  }

  /** Show what these parameters find; the view moves there unless `stay`. */
  async show(parameters, { stay = false } = {}) {
    this.words = new URLSearchParams(parameters);
    this.words.delete("view");
    this.showArea(this.words.get("area"));
    await this.load();
    if (stay || !this.found.length) return;
    this.fitting = true;
    fit(this.map, L.latLngBounds(this.found.map((place) => [place.lat, place.lon])), 15);
    this.fitting = false;
    if (this.gridded) await this.load();
  }

  async load() {
    const asked = (this.asked = (this.asked ?? 0) + 1);
    const words = new URLSearchParams(this.words);
    words.set("zone", document.documentElement.dataset.zone);
    words.set("zoom", String(Math.round(this.map.getZoom())));
    if (this.gridded && !words.has("bbox")) words.set("bbox", this.view());
    try {
      const { placed, points, cells } = await api(`/api/v1/sightings/places/?${words}`);
      if (asked !== this.asked) return;
      // Of too many to send each, only those in view are asked for, at every move, as finely as they can be sent.
      this.gridded = this.gridded || cells.length > 0;
      this.found = points.length
        ? points.map(([id, lat, lon, tone]) => ({ id, lat, lon, tone, count: 1 }))
        : cells.map(([lat, lon, count]) => ({ lat, lon, count, tone: 0 }));
      this.layer.setPlaces(this.found);
      this.say(placed ? interpolate(gettext("%(count)s on the map"), { count: number(placed) }, true) : gettext("None of these has a place."));
    } catch (error) {
      this.found ??= [];
      toast(error.message, { error: true });
    }
  }

  moved() {
    if (this.fitting) return;
    this.onMove();
    clearTimeout(this.settled);
    if (this.gridded) this.settled = setTimeout(() => this.load(), SETTLED);
  }

  showArea(area) {
    this.areas.clearLayers();
    if (area) L.polygon(cornersOf(area), { color: color("--accent"), weight: 2, fillOpacity: 0.06, interactive: false }).addTo(this.areas);
  }

  draw() {
    const button = document.getElementById("draw-area");
    this.say(gettext("Click a corner after the other; Enter or the first corner again finishes, Escape leaves it."));
    button.setAttribute("aria-pressed", "true");
    this.root.scrollIntoView({ block: "nearest" });
    const ended = () => {
      button.setAttribute("aria-pressed", "false");
      this.say("");
      setTimeout(() => (this.drawing = null)); // not within the click that finished it
    };
    this.drawing = new AreaDrawing(this.map, { done: this.onArea, ended });
  }

  /** Into a circle of many; what one or a few are, where they cannot be told apart by going nearer. */
  async clicked(point) {
    const circle = this.layer.at(point);
    if (!circle) return;
    const bounds = L.latLngBounds(circle.places.map((place) => [place.lat, place.lon]));
    const ids = circle.places.map((place) => place.id).filter(Boolean);
    if (!ids.length) this.map.setView(bounds.getCenter(), Math.min(NEAREST, this.map.getZoom() + 2));
    else if (ids.length > LISTED && this.map.getZoom() < NEAREST) this.map.fitBounds(bounds.pad(0.2), { maxZoom: NEAREST });
    else this.popup(bounds.getCenter(), ids);
  }

  async popup(place, ids) {
    const popup = L.popup({ minWidth: 180 }).setLatLng(place).setContent(h("p.small", {}, gettext("Loading…"))).openOn(this.map);
    popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", gettext("Close"));
    try {
      const shown = await Promise.all(ids.slice(0, LISTED).map((id) => api(`/api/v1/sightings/${id}/`)));
      const rest = ids.length - shown.length;
      popup.setContent(h("div.map-popup", {}, shown.map(row), rest > 0 && h("p.small.muted", {}, interpolate(gettext("and %(count)s more here"), { count: rest }, true))));
    } catch (error) {
      popup.setContent(h("p.small", {}, error.message));
    }
  }
}

function row(sighting) {
  const crop = sighting.crop_url ? h("img.crop", { src: sighting.crop_url, alt: "" }) : h("span.crop.none", {}, gettext("no picture"));
  const time = sighting.timestamp_local?.slice(0, 16).replace("T", " ") ?? gettext("no time");
  return h("div.map-popup-row", {}, crop, plateChip({ plate: sighting.plate, region: sighting.region?.code ?? "" }), h("a.small", { href: `/sightings/${sighting.id}/` }, time));
}
