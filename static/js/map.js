// A Leaflet map that looks right with no tile server: country outlines from afar, a labelled grid near by.
/* global L, topojson */
import { number } from "./dom.js";

const OUTLINES_BELOW = 11; // zoom from which coasts drawn at 1:50 million would only mislead
const GRID_STEPS = [30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const LABEL_WIDE = 84; // pixels
const LABEL_HIGH = 56;

const color = (name) => {
  // light-dark() is resolved by the browser only on a real property.
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};

export { color };

export function makeMap(element, { zoom = true, outlinesBelow = OUTLINES_BELOW } = {}) {
  const moving = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const motion = { zoomAnimation: moving, fadeAnimation: moving, markerZoomAnimation: moving };
  const map = L.map(element, { ...motion, zoomControl: false, attributionControl: false, scrollWheelZoom: true, zoomSnap: 0.25, maxZoom: 19, worldCopyJump: true });
  if (zoom) L.control.zoom({ zoomInTitle: gettext("Zoom in"), zoomOutTitle: gettext("Zoom out") }).addTo(map);
  const { tiles, credit, world } = element.dataset;
  L.control.scale({ imperial: false, position: "topright" }).addTo(map);
  if (tiles) {
    L.control.attribution({ prefix: false }).addTo(map);
    L.tileLayer(tiles, { attribution: credit, maxZoom: 19 }).addTo(map);
  } else {
    drawWorld(map, element, world, outlinesBelow);
    drawGrid(map);
  }
  new ResizeObserver(() => map.invalidateSize()).observe(element);
  return map;
}

function drawWorld(map, element, address, below) {
  map.createPane("world").style.zIndex = 200;
  let land = null;
  let asked = false;
  const style = () => ({ color: color("--coast"), weight: 1, fillColor: color("--land"), fillOpacity: 1 });
  const show = async () => {
    const far = map.getZoom() < below;
    element.classList.toggle("far", far);
    if (far && !land && !asked) {
      asked = true;
      const response = await fetch(address);
      const topology = await response.json();
      const shapes = topojson.feature(topology, topology.objects.countries);
      land = L.geoJSON(shapes, { pane: "world", renderer: L.canvas({ pane: "world" }), interactive: false, style });
    }
    if (land && map.getZoom() < below) land.addTo(map);
    else land?.remove();
  };
  map.on("zoomend viewreset load", show);
  addEventListener("themechange", () => land?.setStyle(style()));
  map.whenReady(show);
}

function drawGrid(map) {
  map.createPane("grid").style.zIndex = 210;
  const layer = L.layerGroup().addTo(map);
  const draw = () => {
    layer.clearLayers();
    const view = map.getBounds();
    const room = map.getSize();
    // The finest grid whose labels still have room beside each other.
    const least = Math.max(((view.getEast() - view.getWest()) / room.x) * LABEL_WIDE, ((view.getNorth() - view.getSouth()) / room.y) * LABEL_HIGH);
    const step = GRID_STEPS.findLast((size) => size >= least) ?? GRID_STEPS[0];
    const digits = Math.max(0, Math.ceil(-Math.log10(step)));
    const style = { pane: "grid", color: color("--graticule"), weight: 1, interactive: false };
    const word = (value, [positive, negative]) => interpolate(value >= 0 ? positive : negative, { degrees: number(Math.abs(value), digits) }, true);
    const [ns, ew] = [[gettext("%(degrees)s° N"), gettext("%(degrees)s° S")], [gettext("%(degrees)s° E"), gettext("%(degrees)s° W")]];
    const label = (place, text) =>
      L.marker(place, { pane: "grid", interactive: false, keyboard: false, icon: L.divIcon({ className: "graticule-label", html: "", iconAnchor: [-4, 14] }) })
        .addTo(layer)
        .getElement()
        ?.append(text);
    for (let lat = Math.ceil(view.getSouth() / step) * step; lat < view.getNorth(); lat += step) {
      L.polyline([[lat, view.getWest()], [lat, view.getEast()]], style).addTo(layer);
      if (map.latLngToContainerPoint([lat, view.getWest()]).y > 76) label([lat, view.getWest()], word(lat, ns));
    }
    for (let lon = Math.ceil(view.getWest() / step) * step; lon < view.getEast(); lon += step) {
      L.polyline([[view.getSouth(), lon], [view.getNorth(), lon]], style).addTo(layer);
      label([view.getSouth(), lon], word(lon, ew));
    }
  };
  map.on("moveend resize", draw);
  addEventListener("themechange", draw);
  map.whenReady(draw);
}

/** Draw a driven line: casing, line, marks of its direction, A at its start and B at its end. */
export function drawRoute(map, points) {
  const line = points.map((point) => [point[1], point[2]]);
  const group = L.featureGroup().addTo(map);
  if (line.length < 2) return group;
  const casing = L.polyline(line, { weight: 9, opacity: 0.9, interactive: false }).addTo(group);
  const stroke = L.polyline(line, { weight: 4, lineJoin: "round", interactive: false }).addTo(group);
  const paint = () => {
    casing.setStyle({ color: color("--route-casing") });
    stroke.setStyle({ color: color("--route") });
  };
  paint();
  addEventListener("themechange", paint);
  for (const share of [0.25, 0.5, 0.75]) addArrow(group, line, Math.floor((line.length - 1) * share));
  endMark(group, line[0], "A", "end-mark");
  endMark(group, line.at(-1), "B", "end-mark last");
  return group;
}

function addArrow(group, line, index) {
  const [a, b] = [line[index], line[index + 1]];
  if (!a || !b) return;
  const arrow = marker(b, "way-mark", '<svg viewBox="0 0 10 10"><path d="M2 7 5 3l3 4"/></svg>', [5, 5]).addTo(group);
  arrow.getElement().firstChild.style.rotate = `${bearing(a, b)}deg`;
}

function endMark(group, place, letter, className) {
  marker(place, className, letter, [0, 0]).addTo(group);
}

/** A marker of our own drawing; `html` is always a constant of this program. */
export function marker(place, className, html, anchor, options = {}) {
  return L.marker(place, { keyboard: false, interactive: false, ...options, icon: L.divIcon({ className, html, iconAnchor: anchor, iconSize: null }) });
}

export function bearing([lat1, lon1], [lat2, lon2]) {
  const rad = Math.PI / 180;
  const east = (lon2 - lon1) * Math.cos(((lat1 + lat2) / 2) * rad);
  return (Math.atan2(east, lat2 - lat1) / rad + 360) % 360;
}

export const sightingOf = ({ plate }) => interpolate(gettext("Sighting of %(plate)s"), { plate: plate || gettext("an unreadable plate") }, true);

export function pin(sighting, options = {}) {
  const tone = sighting.state === "rejected" ? "wrong" : sighting.doubtful ? "doubtful" : "certain";
  return L.marker([sighting.lat, sighting.lon], {
    keyboard: true,
    title: "",
    alt: sightingOf(sighting),
    icon: L.divIcon({ className: `pin ${tone}`, html: "<i></i>", iconSize: null }),
    ...options,
  });
}

export function fit(map, bounds, most = 17) {
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.15), { maxZoom: most, animate: false });
  else map.setView([30, 10], 1.5);
}
