// The small map of one or several sightings.
/* global L */
import { h, pageData } from "./dom.js";
import { fit, makeMap, pin, sightingOf } from "./map.js";
import { seenCars } from "./seen_cars.js";

/** The map of the page's places; `only(first, last)` shows those of them alone. Nothing where there is none. */
export function showPlaces() {
  const element = document.getElementById("map");
  const places = pageData("places-data");
  if (!element || !places?.length) return null;
  const map = makeMap(element);
  const group = L.featureGroup();
  const cars = places.map((place) => place.car).filter(Boolean);
  // A seen car is some meters away: from farther off, the camera's pin would hide it.
  fit(map, L.latLngBounds([...places, ...cars].map((place) => [place.lat, place.lon])), places.length === 1 && cars.length ? 18 : 15);
  const dots = places.map((place) => {
    const dot = pin(place).addTo(group);
    dot.on("add", () => dot.getElement()?.setAttribute("aria-label", sightingOf(place)));
    if (place.crop) dot.bindTooltip(() => h("div", {}, h("img.crop", { src: place.crop, alt: "" }), h("b.plain-plate", {}, place.plate)), { direction: "top", offset: [0, -8] });
    dot.on("click", () => location.assign(`/sightings/${place.id}/`));
    return dot;
  });
  group.addTo(map);
  const seen = seenCars(map);
  seen.show(places);
  const only = (first, last) => {
    dots.forEach((dot, index) => (index < first || index > last ? dot.removeFrom(group) : dot.addTo(group)));
    seen.show(places.slice(first, last + 1));
  };
  return { only };
}
