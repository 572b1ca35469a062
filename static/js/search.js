// The search page: everything it shows stands in the URL; results are fetched without drawing the page anew.
import { typing } from "./dom.js";
import { PlacesMap } from "./places_map.js";
import { SavedSearches } from "./saved_searches.js";
import { toast } from "./toast.js";

const form = document.getElementById("search-form");
const box = document.getElementById("search-box");
const words = document.getElementById("explanation");
const results = document.getElementById("results");
const panel = document.getElementById("map-panel");
const WAIT = 180; // after the last key, before the box explains itself
const SKELETON_AFTER = 120;
const SWAPPED = ["facets", "results", "explanation"];
const SINGLE = ["q", "from", "to", "trip", "min_confidence", "doubtful", "view", "plate", "fuzzy", "flagged", "bbox", "area", "max_confidence", "zone"];
const SEVERAL = ["vehicle", "region", "review_state"];

let timer = 0;
let asked = 0;
let fetching = null;
let map = null;
const saved = new SavedSearches(document.getElementById("saved"), document.getElementById("save-dialog"), parameters);

/** What the box and the filters say, as the parameters of an address. */
function parameters() {
  const given = new FormData(form);
  const found = new URLSearchParams();
  for (const name of SINGLE) {
    const value = String(given.get(name) ?? "").trim();
    if (value && !(name === "min_confidence" && Number(value) === 0)) found.set(name, value);
  }
  for (const name of SEVERAL) {
    const values = given.getAll(name);
    if (values.length) found.set(name, values.join(","));
  }
  return found;
}

async function explain() {
  const typed = box.value.trim();
  const mine = ++asked;
  if (!typed) {
    words.textContent = gettext("Type a plate, or a part of it.");
    return;
  }
  try {
    const response = await fetch(`${box.dataset.explain}?q=${encodeURIComponent(typed)}`);
    const answer = await response.json();
    if (mine === asked) words.textContent = answer.explanation ?? answer.error;
  } catch {
    // Without a connection the box simply stays silent; searching says so itself.
  }
}

/** Rows of the shape that will come, so that nothing jumps when it does. */
function skeleton() {
  const list = document.createElement("ol");
  list.className = "card sighting-rows";
  list.append(...Array.from({ length: 8 }, () => Object.assign(document.createElement("li"), { className: "sighting-row waiting", innerHTML: '<i class="skeleton"></i><i class="skeleton"></i><i class="skeleton"></i>' })));
  const here = results.querySelector("#rows, .chart, .empty, .syntax");
  if (here) here.replaceWith(list);
  else results.append(list);
}

async function fetched(address) {
  fetching?.abort();
  fetching = new AbortController();
  const response = await fetch(address, { signal: fetching.signal });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.getElementById("results")) location.assign(address); // logged out, or a page of another kind
  return page;
}

/** Show what an address says, in place of what is shown. */
async function show(address) {
  clearTimeout(timer);
  asked += 1;
  const waiting = setTimeout(skeleton, SKELETON_AFTER);
  results.setAttribute("aria-busy", "true");
  try {
    const page = await fetched(address);
    clearTimeout(waiting);
    const focused = document.activeElement?.id;
    for (const id of SWAPPED) document.getElementById(id)?.replaceChildren(...page.getElementById(id).childNodes);
    document.title = page.title;
    const typed = page.getElementById("search-box").value;
    if (document.activeElement !== box) box.value = typed;
    document.getElementById("quick-search").value = typed;
    if (focused) document.getElementById(focused)?.focus();
    shown();
  } catch (error) {
    if (error.name === "AbortError") return;
    toast(gettext("The site cannot be reached. Check your connection and try again."), { error: true });
  } finally {
    clearTimeout(waiting);
    results.setAttribute("aria-busy", "false");
  }
}

/** Go to an address: it stands in the browser's history. */
function go(found) {
  const address = `${location.pathname}?${found}`;
  if (address !== location.pathname + location.search) history.pushState({}, "", address);
  return show(address);
}

/** After new results stand in the page: the map goes with them, and a saved search counts as looked at. */
function shown() {
  const found = new URLSearchParams(location.search);
  const visible = found.get("view") === "map" && results.querySelector(".results-head");
  panel.hidden = !visible;
  if (visible) {
    map ??= new PlacesMap(panel, { onArea: (area) => narrow({ area, bbox: "" }), onView: (bbox) => narrow({ bbox, area: "" }) });
    map.show(found);
  }
  saved.looked(found, results.querySelector(".results-head")?.dataset.upto);
}

/** Change some filters and keep the others. */
function narrow(changes) {
  const found = parameters();
  for (const [name, value] of Object.entries(changes)) {
    if (value) found.set(name, value);
    else found.delete(name);
  }
  return go(found);
}

async function more(link) {
  link.setAttribute("aria-disabled", "true");
  link.textContent = gettext("Loading…");
  const page = await fetched(link.href);
  const fresh = [...page.querySelectorAll("#rows > li")];
  document.getElementById("rows").append(...fresh);
  const next = page.querySelector(".results-more");
  if (next) link.closest(".results-more").replaceWith(next);
  else link.closest(".results-more").remove();
  fresh[0]?.querySelector("a.stretch").focus();
}

/** J and K go from result to result; Enter on the one that has the focus is the browser's own. */
function step(by) {
  const links = [...results.querySelectorAll("#rows a.stretch")];
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const found = parameters();
  if (!found.has("view") || !results.querySelector(".results-head")) found.set("view", found.get("view") ?? "list");
  go(found);
});
form.addEventListener("change", (event) => {
  if (event.target.closest("#facets")) go(parameters());
});
form.addEventListener("input", (event) => {
  if (event.target.id === "facet-confidence") document.getElementById("least-confidence").value = event.target.value;
});
box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(explain, WAIT);
});
form.addEventListener("click", (event) => {
  if (event.target.closest("[data-draws]")) {
    narrow({ view: "map" }).then(() => map?.draw());
    return;
  }
  const link = event.target.closest('a[href^="?"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.id === "more") more(link);
  else {
    const found = new URLSearchParams(link.getAttribute("href")); // bars are links of SVG, which have no `search`
    box.value = found.get("q") ?? "";
    go(found);
  }
});
document.getElementById("use-pattern").addEventListener("click", () => {
  const pattern = document.getElementById("pattern").value.trim();
  if (!pattern) return;
  box.value = `/${pattern}/`;
  form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (typing(event) || (event.key !== "j" && event.key !== "k")) return;
  event.preventDefault();
  step(event.key === "j" ? 1 : -1);
});
addEventListener("popstate", () => {
  box.value = new URLSearchParams(location.search).get("q") ?? "";
  show(location.href);
});
if (matchMedia("(max-width: 900px)").matches) for (const fold of document.querySelectorAll(".filters")) fold.open = false;
shown();
