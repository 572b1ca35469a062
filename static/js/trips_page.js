// The trips page: keys on the calendar, and the map of the listed trips and of the roads that were filmed.
/* global L */
import { makeCoverage } from "./coverage.js";
import { api } from "./dom.js";
import { color, fit, makeMap } from "./map.js";
import { toast } from "./toast.js";

const fold = document.getElementById("trips-map");
const $ = (id) => document.getElementById(id);

/** The days are one stop for the Tab key; the arrows go from day to day on which anybody drove. */
function calendarKeys(calendar) {
  const links = [...calendar.querySelectorAll("a.calendar-day")];
  if (!links.length) return;
  calendar.scrollLeft = calendar.scrollWidth;
  const current = calendar.querySelector(".chosen") ?? links.at(-1);
  for (const link of links) link.tabIndex = link === current ? 0 : -1;
  calendar.addEventListener("keydown", (event) => {
    const place = links.indexOf(document.activeElement);
    const next = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: links.length - 1 }[event.key];
    if (place < 0 || next === undefined || !links[next]) return;
    event.preventDefault();
    links[place].tabIndex = -1;
    links[next].tabIndex = 0;
    links[next].focus();
  });
}

/** Lines of the trips; a line and its row in the list light up together. */
function drawLines(map, found) {
  const plain = () => ({ color: color("--route"), weight: 3, opacity: 0.75 });
  const bright = () => ({ color: color("--accent-strong"), weight: 6, opacity: 1 });
  const layer = L.geoJSON(found, {
    style: plain,
    onEachFeature: ({ id, properties }, line) => {
      const row = document.querySelector(`.trip-row[data-trip="${id}"]`);
      const light = (on) => {
        line.setStyle(on ? bright() : plain());
        if (on) line.bringToFront();
        row?.classList.toggle("lit", on);
      };
      line.bindTooltip(properties.name, { sticky: true });
      line.on({ mouseover: () => light(true), mouseout: () => light(false), click: () => (location.href = `/trips/${id}/`) });
      for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) row?.addEventListener(event, () => light(on));
    },
  });
  addEventListener("themechange", () => layer.setStyle(plain()));
  return layer;
}

async function begin() {
  const map = makeMap($("map"));
  map.setView([30, 10], 2, { animate: false });
  const query = location.search.slice(1);
  const told = { cell: $("coverage-cell"), legend: $("coverage-legend"), rows: $("coverage-rows"), words: $("coverage-words") };
  const coverage = makeCoverage(map, query, told);
  const lines = drawLines(map, await api(`/trips/lines/?${query}`));
  const showLines = () => (
    $("show-lines").checked ? lines.addTo(map) : lines.remove()
  );
  const showCoverage = () => coverage.show($("show-coverage").checked);
  $("show-lines").addEventListener("change", showLines);
  $("show-coverage").addEventListener("change", () => showCoverage().catch((error) => toast(error.message, { error: true })));
  $("coverage-by").addEventListener("change", (event) => coverage.shade(event.target.value));
  fit(map, lines.getBounds(), 15);
  showLines();
  const hexagons = await showCoverage();
  if (!lines.getBounds().isValid() && hexagons) fit(map, hexagons.getBounds(), 15);
}

if (fold) {
  let begun = false;
  fold.addEventListener("toggle", () => {
    localStorage.setItem("trips-map", fold.open ? "open" : "");
    if (!fold.open || begun) return;
    begun = true;
    begin().catch((error) => toast(error.message, { error: true }));
  });
  fold.open = localStorage.getItem("trips-map") === "open";
  calendarKeys($("calendar"));
}
