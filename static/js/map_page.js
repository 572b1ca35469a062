// The map page: everything in view on the map, the same in a list beside it, and a brush over time below.
import { pageData } from "./dom.js";
import { PlacesMap } from "./places_map.js";
import { TimeBrush } from "./time_brush.js";

const SETTLED = 350; // after the last move, before the list is asked for again
const zone = document.documentElement.dataset.zone;
const address = new URLSearchParams(location.search);
const filters = new URLSearchParams(pageData("map-filters") ?? {});
let timer = 0;
let fetching = null;

const map = new PlacesMap(document.querySelector(".map-page"), {
  onArea: (area) => search({ area }),
  onView: (bbox) => search({ bbox }),
  onMove: () => moved(),
});
const brush = new TimeBrush({ filters: () => filters, onChoose: (from, to) => choose(from, to) });

/** To the search page, with what is chosen here. */
function search(more) {
  location.assign(`/search/?${new URLSearchParams({ ...Object.fromEntries(filters), ...more, view: "list" })}`);
}

/** Where the map is, and which time is chosen, stand in the URL. */
function remember() {
  const { lat, lng } = map.map.getCenter();
  const found = new URLSearchParams(filters);
  found.set("at", [lat.toFixed(4), lng.toFixed(4), map.map.getZoom()].join(","));
  if (document.getElementById("heat").checked) found.set("heat", "1");
  history.replaceState({}, "", `${location.pathname}?${found}`);
}

function moved() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    remember();
    list();
  }, SETTLED);
}

/** The latest sightings in view: the rows of the search page, which are of the same set. */
async function list() {
  const place = document.getElementById("list");
  const words = new URLSearchParams({ ...Object.fromEntries(filters), bbox: map.view(), zone, view: "list" });
  fetching?.abort();
  fetching = new AbortController();
  place.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`/search/?${words}`, { signal: fetching.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    place.replaceChildren(page.getElementById("rows") ?? Object.assign(document.createElement("p"), { className: "card-body small muted", textContent: gettext("Nothing in view. Move the map, or choose another time.") }));
    place.querySelector("#rows")?.classList.remove("card");
    document.getElementById("list-words").textContent = page.querySelector(".results-count")?.textContent ?? "";
    place.setAttribute("aria-busy", "false");
  } catch (error) {
    if (error.name !== "AbortError") place.textContent = gettext("The site cannot be reached. Check your connection and try again.");
  }
}

async function choose(from, to) {
  for (const [name, value] of [["from", from], ["to", to]]) {
    if (value) filters.set(name, value);
    else filters.delete(name);
  }
  await map.show(filters, { stay: true });
  remember();
  list();
}

document.getElementById("heat").addEventListener("change", remember);
const heat = document.getElementById("heat");
if (address.get("heat") && !heat.checked) heat.click();
const at = address.get("at")?.split(",").map(Number);
const known = at?.length === 3 && at.every(Number.isFinite);
if (known) map.map.setView([at[0], at[1]], at[2], { animate: false });
await map.show(filters, { stay: known });
moved();
brush.load();
