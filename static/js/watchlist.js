// A watchlist: what an entry accepts while it is typed, trying it on the past, adding and removing, CSV in.
import { api, h, icon, when } from "./dom.js";
import { plateChip } from "./plate.js";
import { toast } from "./toast.js";
import { readCsv } from "./watchlist_csv.js";
import { showArea } from "./watchlist_area.js";

const SETTLED = 200; // after the last key
const page = document.getElementById("watch-page");
const form = document.getElementById("entry-form");
const settings = document.getElementById("settings-form");
const accepted = document.getElementById("accepted");
const entries = document.getElementById("entries");
const watchlist = page.dataset.watchlist ? Number(page.dataset.watchlist) : null;
let timer = null;
let asked = 0;
let changing = null; // the row that is edited

const meaning = () => ({
  pattern: form.elements.pattern.value.trim(),
  alike: form.elements.alike.checked,
  near: form.elements.near.checked,
});

const chips = (plates) => h("ul", {}, plates.map((plate) => h("li", {}, plateChip({ plate, state: "watched" }))));

async function explain() {
  const number = (asked += 1);
  const entry = meaning();
  if (!entry.pattern) {
    accepted.classList.remove("wrong");
    accepted.textContent = gettext("What it accepts is shown here while you type.");
    return;
  }
  try {
    const found = await api("/api/v1/watchlists/accepts/", { method: "POST", body: entry });
    if (number !== asked) return;
    const more = found.alike_count - found.alike.length;
    accepted.classList.remove("wrong");
    accepted.replaceChildren(
      h("span", {}, found.explanation),
      ...(found.alike.length ? [chips(found.alike)] : []),
      ...(more > 0 ? [h("span.muted", {}, interpolate(ngettext("and %(n)s more look-alike", "and %(n)s more look-alikes", more), { n: more }, true))] : []),
      ...(found.near.length ? [h("span", {}, gettext("One character wrong or missing (? is any); also one too many:")), chips(found.near)] : []),
    );
  } catch (error) {
    if (number !== asked) return;
    accepted.classList.add("wrong");
    accepted.textContent = error.message;
  }
}

/** What the form of conditions says now, saved or not. */
function conditions() {
  const all = new FormData(settings);
  return {
    from_time: all.get("from_time") || null,
    to_time: all.get("to_time") || null,
    weekdays: all.getAll("weekdays").map(Number),
    time_zone: all.get("time_zone"),
    area: all.get("area"),
    vehicles: all.getAll("vehicles").map(Number),
  };
}

async function tryOut(which) {
  if (which === "entry" && !form.reportValidity()) return;
  const section = document.getElementById("tried");
  const place = section.querySelector("[data-field=tried]");
  section.hidden = false;
  place.textContent = gettext("Looking…");
  const body = { ...conditions(), ...(watchlist ? { watchlist } : { fleet: page.dataset.fleet }) };
  if (which === "entry") body.entries = [meaning()];
  try {
    const found = await api("/api/v1/watchlists/dry-run/", { method: "POST", body });
    const words = ngettext("There would have been %(n)s alert.", "There would have been %(n)s alerts.", found.count);
    place.replaceChildren(
      h("p", {}, interpolate(words, { n: found.count.toLocaleString(document.documentElement.lang) }, true)),
      ...(found.capped ? [h("p.small.muted", {}, gettext("Only the latest sightings of these plates were looked at."))] : []),
      h("ul.watch-rows", {}, found.latest.map(sighting)),
    );
  } catch (error) {
    place.replaceChildren(h("p.note.wrong", {}, error.message));
  }
  section.scrollIntoView({ block: "nearest" });
}

function sighting(row) {
  const seen = row.timestamp ? when(row.timestamp, { dateStyle: "medium", timeStyle: "short" }) : gettext("at an unknown time");
  return h("li", {}, plateChip({ plate: row.plate, region: row.region?.code }), h("a", { href: `/sightings/${row.id}/` }, seen));
}

function entryRow(entry) {
  const named = (words) => interpolate(words, { plate: entry.pattern }, true);
  const until = entry.expires_on && when(`${entry.expires_on}T12:00Z`, { dateStyle: "medium" });
  const values = [entry.pattern, entry.alike ? "1" : "", entry.near ? "1" : "", entry.expires_on ?? ""].join("|");
  return h(
    "li",
    { "data-entry": entry.id },
    plateChip({ plate: entry.pattern, state: "watched" }),
    h("span.small.watch-accepts", {}, entry.alike && h("span.tag", {}, gettext("look-alikes")), entry.near && h("span.tag", {}, gettext("one wrong"))),
    h("span.watch-reason", {}, entry.reason),
    h("span.small.muted.watch-until", {}, until ? interpolate(gettext("until %(day)s"), { day: until }, true) : ""),
    h(
      "span.end",
      {},
      h("button.button.quiet.small.only", { type: "button", "data-edit": true, "data-values": values, "aria-label": named(gettext("Change %(plate)s")) }, icon("pen")),
      h("button.button.quiet.small.only", { type: "button", "data-remove": true, "aria-label": named(gettext("Take %(plate)s off")) }, icon("close")),
    ),
  );
}

function count(by) {
  const badge = document.getElementById("entry-count");
  badge.textContent = Number(badge.textContent.replace(/\D/g, "")) + by;
  document.getElementById("no-entries").hidden = entries.children.length > 0;
}

async function save(event) {
  event.preventDefault();
  if (!watchlist) {
    tryOut("entry");
    return;
  }
  const body = { ...meaning(), reason: form.elements.reason.value, expires_on: form.elements.expires_on.value || null };
  const address = changing ? `/api/v1/watch-entries/${changing.dataset.entry}/` : "/api/v1/watch-entries/";
  try {
    const entry = await api(address, { method: changing ? "PATCH" : "POST", body: changing ? body : { ...body, watchlist } });
    if (changing) changing.replaceWith(entryRow(entry));
    else entries.prepend(entryRow(entry));
    count(changing ? 0 : 1);
    const words = changing ? gettext("%(plate)s is changed.") : gettext("%(plate)s is on the list.");
    toast(interpolate(words, { plate: entry.pattern }, true));
    edit(null);
  } catch (error) {
    toast(error.message, { error: true });
  }
  form.elements.pattern.focus();
}

/** Put an entry into the form, or make the form one for a new entry again. */
function edit(row) {
  changing = row;
  const [pattern, alike, near, day] = row ? row.querySelector("[data-edit]").dataset.values.split("|") : ["", "", "", ""];
  form.elements.pattern.value = pattern;
  form.elements.alike.checked = Boolean(alike);
  form.elements.near.checked = Boolean(near);
  form.elements.reason.value = row?.querySelector(".watch-reason").textContent ?? "";
  form.elements.expires_on.value = day;
  form.querySelector(".button.primary").textContent = row ? gettext("Save the change") : gettext("Add");
  document.getElementById("add-title").textContent = row ? interpolate(gettext("Change %(plate)s"), { plate: pattern }, true) : gettext("Add a plate");
  explain();
  if (row) form.elements.pattern.focus();
}

async function remove(row) {
  const address = `/api/v1/watch-entries/${row.dataset.entry}/`;
  const after = row.nextElementSibling;
  try {
    await api(address, { method: "DELETE" });
    row.remove();
    count(-1);
    if (row === changing) edit(null);
    const undo = async () => {
      try {
        await api(`${address}restore/`, { method: "POST" });
        entries.insertBefore(row, after?.isConnected ? after : null);
        count(1);
      } catch (error) {
        toast(error.message, { error: true });
      }
    };
    toast(gettext("Taken off the list."), { action: { words: gettext("Undo"), run: undo } });
    (after ?? form.elements.pattern).focus?.();
  } catch (error) {
    toast(error.message, { error: true });
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(explain, SETTLED);
});
form?.addEventListener("submit", save);
form?.addEventListener("keydown", ({ key }) => key === "Escape" && changing && edit(null));
entries?.addEventListener("click", ({ target }) => {
  const row = target.closest("[data-entry]");
  if (target.closest("[data-remove]")) remove(row);
  else if (target.closest("[data-edit]")) edit(row);
});
for (const button of document.querySelectorAll("[data-try]")) button.addEventListener("click", () => tryOut(button.dataset.try));
if (watchlist) readCsv(watchlist);
else if (form) explain(); // what a search brought along
// A new watchlist is made with the plate that stands in the other form.
settings.addEventListener("formdata", ({ formData }) => {
  if (watchlist || !form) return;
  for (const name of ["pattern", "alike", "near"]) formData.delete(name);
  for (const [name, value] of Object.entries(meaning())) if (value) formData.set(name, value === true ? "1" : value);
});
showArea();
