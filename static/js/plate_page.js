// The plate page: its sightings on a map, between two moments; its tags as chips.
import { pageData, when } from "./dom.js";
import { showPlaces } from "./small_map.js";
import { tagEditor } from "./tags.js";

const places = pageData("places-data") ?? [];
const map = showPlaces();
const slider = document.getElementById("span-slider");
const tags = document.querySelector("#notes-form [name=tags]");
const FULL = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
const day = (place) => (place.seen_at ? when(place.seen_at, FULL) : gettext("no time"));

function show(moved) {
  const [from, to] = slider.querySelectorAll("input");
  let [first, last] = [Number(from.value), Number(to.value)];
  if (first > last) {
    // One cannot pass the other.
    if (moved === from) from.value = first = last;
    else to.value = last = first;
  }
  from.setAttribute("aria-valuetext", day(places[first]));
  to.setAttribute("aria-valuetext", day(places[last]));
  slider.querySelector("output").textContent = interpolate(gettext("%(shown)s of %(all)s: %(first)s to %(last)s"), { shown: last - first + 1, all: places.length, first: day(places[first]), last: day(places[last]) }, true);
  map.only(first, last);
}

if (slider && map) {
  slider.addEventListener("input", ({ target }) => show(target));
  show();
}
if (tags) tagEditor(tags);
