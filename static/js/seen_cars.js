// Where the seen cars were: a layer of its own, off until someone switches it on.
/* global L */
import { h } from "./dom.js";
import { color } from "./map.js";

const KEY = "seen-cars";
const METERS = 111_195; // a degree of latitude
const CORNERS = 48; // of a drawn ellipse

const remembered = () => localStorage.getItem(KEY) === "on";

/** A layer with a switch on the map; `show(sightings)` draws those whose car has a place. */
export function seenCars(map, words = (sighting) => sighting.plate || gettext("unreadable")) {
  const group = L.featureGroup();
  const input = h("input", { type: "checkbox", checked: remembered() });
  const box = h("label.map-switch.small", {}, input, gettext("Seen cars"));
  const control = L.control({ position: "bottomleft" });
  control.onAdd = () => {
    L.DomEvent.disableClickPropagation(box);
    return box;
  };
  const turn = () => {
    localStorage.setItem(KEY, input.checked ? "on" : "off");
    if (input.checked) group.addTo(map);
    else group.remove();
  };
  input.addEventListener("change", turn);

  const paint = () => group.setStyle({ color: color("--watched"), fillColor: color("--watched") });

  function show(sightings) {
    const placed = sightings.filter((sighting) => sighting.car);
    group.clearLayers();
    for (const sighting of placed) draw(group, sighting, words);
    paint();
    if (!placed.length) control.remove();
    else if (!box.isConnected) control.addTo(map);
    if (placed.length && input.checked) group.addTo(map);
  }

  addEventListener("themechange", paint);
  return { show };
}

function draw(group, { car, ...sighting }, words) {
  const place = [car.lat, car.lon];
  const told = interpolate(gettext("%(plate)s: %(away)s m away, ± %(spread)s m"), { plate: words(sighting), away: Math.round(car.range_m), spread: Math.round(car.ellipse.major_m) }, true);
  L.polyline([[sighting.lat, sighting.lon], place], { weight: 1.5, dashArray: "4 4", interactive: false }).addTo(group);
  L.polygon(ellipse(place, car.ellipse), { weight: 1, fillOpacity: 0.12, smoothFactor: 0, interactive: false }).addTo(group);
  L.circleMarker(place, { radius: 5, weight: 2, fillOpacity: 1 }).bindTooltip(told, { direction: "top", offset: [0, -6] }).addTo(group);
}

/** The outline of an ellipse; its angle is that of the major axis, clockwise from north. */
function ellipse([lat, lon], { major_m, minor_m, angle_deg }) {
  const turn = (angle_deg * Math.PI) / 180;
  const squeeze = Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: CORNERS }, (_, index) => {
    const t = (2 * Math.PI * index) / CORNERS;
    const [along, across] = [major_m * Math.cos(t), minor_m * Math.sin(t)];
    const north = along * Math.cos(turn) - across * Math.sin(turn);
    const east = along * Math.sin(turn) + across * Math.cos(turn);
    return [lat + north / METERS, lon + east / (METERS * squeeze)];
  });
}
