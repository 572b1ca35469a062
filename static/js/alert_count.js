// Alerts on every page: how many are open, in the rail, and a word on each new one.
import { toast } from "./toast.js";

const open = new Map(); // by fleet
const told = new Set();

export function countAlerts({ fleet, open: count, latest }) {
  open.set(fleet, count);
  const all = [...open.values()].reduce((sum, one) => sum + one, 0);
  const badge = document.getElementById("alert-count");
  badge.textContent = all > 999 ? "999+" : all;
  badge.hidden = !all;
  badge.closest("a").href = all ? "/alerts/" : "/watchlists/";
  if (!latest || told.has(latest.id)) return;
  told.add(latest.id);
  const words = interpolate(gettext("%(plate)s was seen: %(watchlist)s"), latest, true);
  toast(words, { action: { words: gettext("Show"), run: () => location.assign(`/alerts/?alert=${latest.id}`) } });
}
