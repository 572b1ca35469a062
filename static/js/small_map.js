// The small map of one or several sightings.
/* global L */
import { h, pageData } from "./dom.js";
import { fit, makeMap, pin } from "./map.js";
import { seenCars } from "./seen_cars.js";

export function showPlaces() {
  const element = document.getElementById("map");
  const places = pageData("places-data");
  if (!element || !places?.length) return;
  const map = makeMap(element);
  const group = L.featureGroup();
  const cars = places.map((place) => place.car).filter(Boolean);
  // A seen car is some meters away: from farther off, the camera's pin would hide it.
  fit(map, L.latLngBounds([...places, ...cars].map((place) => [place.lat, place.lon])), places.length === 1 && cars.length ? 18 : 15);
  for (const place of places) {
    const dot = pin(place).addTo(group);
    if (place.crop) dot.bindTooltip(() => h("div", {}, h("img.crop", { src: place.crop, alt: "" }), h("b.plain-plate", {}, place.plate)), { direction: "top", offset: [0, -8] });
    dot.on("click", () => location.assign(`/sightings/${place.id}/`));
  }
  group.addTo(map);
  seenCars(map).show(places);
}
