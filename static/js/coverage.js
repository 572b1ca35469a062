// Which roads were filmed: hexagons on a map, shaded by how long, how legibly or how lately; a click tells by whom.
/* global L */
import { api, h, number, percent, when } from "./dom.js";
import { color } from "./map.js";

const DAY = 86400000;
const MOST_ROWS = 100;
const STRONG = [0.16, 0.32, 0.5, 0.7];

/** How each way of shading makes classes: the first whose test holds. */
const SHADINGS = {
  minutes: [
    [gettext("under 2 min"), (cell) => cell.minutes < 2, "--route", STRONG[0]],
    ["2–10 min", (cell) => cell.minutes < 10, "--route", STRONG[1]],
    ["10–60 min", (cell) => cell.minutes < 60, "--route", STRONG[2]],
    [gettext("an hour or more"), () => true, "--route", STRONG[3]],
  ],
  quality: [
    [gettext("no plate seen"), (cell) => cell.read_clearly === null, "--ink-3", 0.14],
    [interpolate(gettext("under %(share)s read clearly"), { share: percent(0.6) }, true), (cell) => cell.read_clearly < 0.6, "--wrong", 0.5],
    ["60–85 %", (cell) => cell.read_clearly < 0.85, "--doubtful", 0.5],
    [interpolate(gettext("%(share)s or more"), { share: percent(0.85) }, true), () => true, "--certain", 0.5],
  ],
  age: [
    [gettext("time not known"), (cell) => !cell.last_filmed, "--ink-3", 0.14],
    [gettext("in the last 7 days"), (cell) => age(cell) <= 7, "--route", STRONG[3]],
    [gettext("in the last 30 days"), (cell) => age(cell) <= 30, "--route", STRONG[2]],
    [gettext("in the last 180 days"), (cell) => age(cell) <= 180, "--route", STRONG[1]],
    [gettext("longer ago"), () => true, "--route", STRONG[0]],
  ],
};

const age = (cell) => (Date.now() - Date.parse(cell.last_filmed)) / DAY;
const classOf = (cell, by) => SHADINGS[by].find(([, holds]) => holds(cell));

/** `query` narrows it as it narrows the list of trips; `told` gets the elements {cell, legend, rows, words}. */
export function makeCoverage(map, query, told) {
  let layer = null;
  let by = "minutes";
  let chosen = null;

  function style(feature) {
    const [, , name, strength] = classOf(feature.properties, by);
    const own = feature.id === chosen;
    return { color: color(own ? "--ink" : name), weight: own ? 3 : 0.5, fillColor: color(name), fillOpacity: strength };
  }

  async function load() {
    const found = await api(`/api/v1/coverage/?${query}`);
    layer = L.geoJSON(found, { renderer: L.canvas(), style, onEachFeature: (feature, hexagon) => hexagon.on("click", () => choose(feature)) });
    addEventListener("themechange", () => layer.setStyle(style));
    told.rows.replaceChildren(...found.features.slice(0, MOST_ROWS).map(row));
    if (!found.features.length) told.words.textContent = gettext("No road was filmed with GPS in what is listed here. Trips with positions appear as hexagons.");
    else if (found.truncated) told.words.append(" ", interpolate(gettext("The map shows the %(count)s cells that were filmed most: choose fewer days to see all."), { count: number(4000) }, true));
    return layer;
  }

  function row(feature) {
    const { minutes, trips, last_filmed: last, plates, read_clearly: clear } = feature.properties;
    const [lon, lat] = feature.geometry.coordinates[0][0];
    const open = h("button.button.quiet.small", { type: "button", onclick: () => choose(feature, true) }, `${lat.toFixed(3)}, ${lon.toFixed(3)}`);
    const day = last ? when(last, { dateStyle: "medium" }) : "–";
    const cells = [number(minutes, 1), String(trips), day, String(plates), clear === null ? "–" : percent(clear)];
    return h("tr", {}, h("td", {}, open), cells.map((text, index) => h(index === 2 ? "td" : "td.num", {}, text)));
  }

  async function choose(feature, move = false) {
    chosen = feature.id;
    layer.setStyle(style);
    if (move) map.setView(L.geoJSON(feature).getBounds().getCenter(), Math.max(14, map.getZoom()), { animate: false });
    told.cell.replaceChildren(h("p.small.muted", {}, gettext("Looking …")));
    try {
      const found = await api(`/api/v1/coverage/${feature.id}/?${query}`);
      if (feature.id === chosen) told.cell.replaceChildren(...about(feature.properties, found));
    } catch (error) {
      told.cell.replaceChildren(h("p.note.wrong", {}, error.message));
    }
  }

  function about(cell, { trips, plates }) {
    const values = { minutes: number(cell.minutes, 1), count: cell.plates, share: percent(cell.read_clearly) };
    const seen = ngettext("Filmed for %(minutes)s min; %(count)s sighting, %(share)s of them read clearly.", "Filmed for %(minutes)s min; %(count)s sightings, %(share)s of them read clearly.", cell.plates);
    const filmed = cell.read_clearly === null ? gettext("Filmed for %(minutes)s min; no plate was seen.") : seen;
    const drives = trips.map((trip) => h("li", {}, h("a", { href: `/trips/${trip.id}/` }, trip.name), h("span.small.muted", {}, trip.started_at ? when(trip.started_at, { dateStyle: "medium", timeStyle: "short" }) : "")));
    const met = plates.map((one) => h("li", {}, h("a", { href: `/plates/${one.id}/` }, one.plate), h("span.small.muted", {}, `${one.count}×`)));
    return [
      h("p.small", {}, interpolate(filmed, values, true)),
      h("h3", {}, interpolate(gettext("Trips that filmed it (%(count)s)"), { count: cell.trips }, true)), h("ul.cell-list", {}, drives),
      h("h3", {}, gettext("Plates seen from here")), met.length ? h("ul.cell-list.cell-plates", {}, met) : h("p.small.muted", {}, gettext("None.")),
    ]; // prettier-ignore
  }

  function legend() {
    told.legend.replaceChildren(...SHADINGS[by].map(([words, , name, strength]) => h("li", {}, h("i", { style: `background:var(${name});opacity:${strength}` }), words)));
  }

  async function show(yes) {
    told.legend.hidden = !yes;
    if (yes) {
      legend();
      layer ??= await load();
      layer.addTo(map).bringToBack();
    } else layer?.remove();
    return layer;
  }

  function shade(how) {
    by = how;
    legend();
    layer?.setStyle(style);
  }

  return { show, shade };
}
