// The sightings on the trip's map: markers of their own, or, where there are many, spots on one canvas, which stay quick.
/* global L */
import { h } from "./dom.js";
import { color, pin } from "./map.js";

const MANY = 300;

export function makePins(map, trip) {
  const group = L.featureGroup().addTo(map);
  const canvas = L.canvas({ padding: 0.3 });
  const marked = {}; // "lit" and "now": which sighting is
  let dots = new Map();
  let tones = null;

  function show(placed) {
    group.clearLayers();
    dots = new Map();
    tones = { certain: color("--certain"), doubtful: color("--doubtful"), wrong: color("--wrong"), edge: color("--surface"), accent: color("--accent") };
    const make = placed.length > MANY ? spot : (one) => pin(one, { keyboard: false }); // the list is the keyboard's way
    for (const sighting of placed) {
      const dot = make(sighting).addTo(group);
      dot.bindTooltip(() => card(sighting), { direction: "top", offset: [0, -8] });
      dot.on("mouseover", () => trip.light(sighting.id));
      dot.on("mouseout", () => trip.light(null));
      dot.on("click", () => trip.go(sighting.id));
      dots.set(sighting.id, dot);
    }
    for (const name of Object.keys(marked)) paint(marked[name]);
  }

  const spot = (sighting) => L.circleMarker([sighting.lat, sighting.lon], { renderer: canvas, bubblingMouseEvents: false, ...look(sighting) });

  /** A doubtful one is a ring, so that it differs in more than its color. */
  function look(sighting) {
    const tone = sighting.state === "rejected" ? tones.wrong : sighting.doubtful ? tones.doubtful : tones.certain;
    if (sighting.id === marked.lit || sighting.id === marked.now) return { radius: 9, weight: 3, color: tones.accent, fillColor: tone, fillOpacity: 1 };
    if (sighting.doubtful) return { radius: 5, weight: 3, color: tone, fillColor: tones.edge, fillOpacity: 1 };
    return { radius: 5, weight: 1, color: tones.edge, fillColor: tone, fillOpacity: 1 };
  }

  function card(sighting) {
    return h("div", {}, sighting.crop && h("img.crop", { src: sighting.crop, alt: "" }), h("b.plain-plate", {}, sighting.plate || gettext("unreadable")));
  }

  function paint(id) {
    const dot = dots.get(id);
    if (!dot) return;
    if (!dot.setRadius) for (const name of ["lit", "now"]) dot.getElement()?.classList.toggle(name, marked[name] === id);
    else {
      dot.setStyle(look(trip.find(id))).setRadius(look(trip.find(id)).radius);
      if (id === marked.lit || id === marked.now) dot.bringToFront();
    }
  }

  function mark(name, id) {
    const before = marked[name];
    marked[name] = id;
    paint(before);
    paint(id);
  }

  addEventListener("themechange", () => show([...dots.keys()].map(trip.find).filter(Boolean)));
  return { show, mark };
}
