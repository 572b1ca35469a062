// The trip's line with its sightings, and the car where the video is.
/* global L */
import { h } from "./dom.js";
import { bearing, drawRoute, fit, makeMap, marker } from "./map.js";
import { makePins } from "./trip_pins.js";
import { seenCars } from "./seen_cars.js";

const SAME_PLACE = 15; // metres
const FROM_AFAR = 8; // zoom from which a drive needs no coasts around it: they are larger than all the rest of the page
const CAR = '<svg viewBox="0 0 24 24"><path d="M12 2.500 19.500 21 12 16.800 4.500 21z"/></svg>';

export function makeTripMap(trip) {
  const element = document.getElementById("map");
  let map = null;
  let route = "";
  let pins = null;
  let car = null;
  let now = 0;
  const layers = {};

  const points = () => trip.data.videos.filter((one) => one.camera !== "rear" || trip.data.videos.length === 1).flatMap((one) => one.points.filter((point) => point[1] !== null));

  function refresh() {
    const line = points();
    const placed = trip.data.sightings.filter((sighting) => sighting.lat !== null);
    if (!line.length && !placed.length) {
      if (!map) element.replaceChildren(h("p.map-empty", {}, gettext("This trip has no GPS. Upload the camera's GPX or NMEA file, and its line and places appear here.")));
      return;
    }
    const bounds = L.latLngBounds(line.length ? line.map((point) => [point[1], point[2]]) : placed.map((one) => [one.lat, one.lon]));
    if (!map) begin(bounds);
    const signature = `${line.length}:${line[0]}`;
    if (signature !== route) {
      route = signature;
      layers.route?.remove();
      fit(map, bounds);
      layers.route = drawRoute(map, line);
      // A wide line that is not seen, to click on.
      if (line.length > 1) L.polyline(line.map((point) => [point[1], point[2]]), { weight: 24, opacity: 0, className: "route-hit" }).addTo(layers.route).on("click", (event) => trip.seek(momentOf(event.latlng)));
    }
    pins.show(placed);
    choose(trip.now);
    layers.cars.show(placed);
  }

  /** When the car was nearest to a place; of several times, the one nearest to now. */
  function momentOf(place) {
    const passes = trip.data.videos.flatMap((video) => video.points.filter((point) => point[1] !== null).map((point) => ({ at: video.offset + point[0], away: map.distance(place, [point[1], point[2]]) })));
    const least = Math.min(...passes.map((pass) => pass.away));
    const near = passes.filter((pass) => pass.away <= least + SAME_PLACE);
    return near.sort((a, b) => Math.abs(a.at - now) - Math.abs(b.at - now))[0].at;
  }

  function begin(bounds) {
    element.replaceChildren();
    map = makeMap(element, { outlinesBelow: FROM_AFAR });
    fit(map, bounds);
    pins = makePins(map, trip);
    layers.cars = seenCars(map);
  }

  function choose(id) {
    pins?.mark("now", id);
    const sighting = id && trip.find(id);
    if (map && sighting?.lat != null && !map.getBounds().pad(-0.05).contains([sighting.lat, sighting.lon])) map.panTo([sighting.lat, sighting.lon]);
  }

  /** The car glides between the points of the track. */
  function moved(at, video) {
    now = at;
    if (!map || !video?.points.length) return;
    const t = at - video.offset;
    const after = video.points.findIndex((point) => point[0] >= t);
    const b = video.points[after < 0 ? video.points.length - 1 : after];
    const a = video.points[Math.max(0, (after < 0 ? video.points.length : after) - 1)];
    const share = b[0] > a[0] ? Math.min(1, Math.max(0, (t - a[0]) / (b[0] - a[0]))) : 0;
    const place = [a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])];
    car ??= marker(place, "car-mark", CAR, [12, 12], { zIndexOffset: 500 }).addTo(map);
    car.setLatLng(place);
    const shape = car.getElement()?.firstChild;
    if (shape && a !== b) shape.style.rotate = `${bearing([a[1], a[2]], [b[1], b[2]])}deg`;
  }

  return { refresh, choose, moved, light: (id) => pins?.mark("lit", id) };
}
