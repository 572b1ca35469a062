// Small tools that all pages share: making elements, writing numbers, asking the API.

/** Make an element: h("p.small", {title: "x"}, "text", child). Text is never parsed as HTML. */
export function h(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const SPRITE = new URL("../img/icons.svg", import.meta.url).pathname;

export const icon = (name) => svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `${SPRITE}#${name}` }));

/** The data a template left in the page with json_script. */
export function pageData(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
}

export const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Call the API; throws an Error whose message is for people and whose `code` is for programs. */
export async function api(path, { method = "GET", body } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrf() };
  const whole = body instanceof FormData; // the browser writes its own type, with the boundary
  if (body !== undefined && !whole) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined || whole ? body : JSON.stringify(body) });
  } catch {
    throw Object.assign(new Error(gettext("The site cannot be reached. Check your connection and try again.")), { code: "offline" });
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return answer;
  const words = answer?.detail ?? interpolate(gettext("The site answered with an error (%(status)s). Try again in a moment."), { status: response.status }, true);
  throw Object.assign(new Error(words), { code: answer?.code ?? "error", status: response.status });
}

/** The page's language; English dates are those of the templates. */
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

/** A number to be read by people, with so many digits after the point. */
export const number = (value, digits = 0) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${number(value, value < 10 ? 1 : 0)} ${units[power - 1]}`;
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** How long something will take, in words a person would use. */
export function left(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "";
  if (seconds < 10) return gettext("a few seconds left");
  if (seconds < 90) return interpolate(gettext("%(seconds)s s left"), { seconds: Math.round(seconds / 5) * 5 }, true);
  if (seconds < 5400) return interpolate(gettext("%(minutes)s min left"), { minutes: Math.round(seconds / 60) }, true);
  return interpolate(gettext("%(hours)s h left"), { hours: number(seconds / 3600, 1) }, true);
}

/** What is not quite certain never becomes 100 %, and what is not quite ruled out never 0 %. */
export function percent(share) {
  if (share > 0 && share < 0.005) return "< 1 %";
  return `${share >= 0.9995 ? 100 : Math.min(99, Math.round(share * 100))} %`;
}

export function spread(seconds) {
  if (seconds < 90) return `± ${seconds.toLocaleString(language, { maximumFractionDigits: seconds < 10 ? 1 : 0 })} s`;
  if (seconds < 5400) return `± ${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `± ${Math.round(seconds / 3600)} h`;
  return interpolate(gettext("± %(days)s d"), { days: Math.round(seconds / 86400) }, true);
}

const zone = document.documentElement.dataset.zone || undefined;

/** A moment on the clock that the rest of the page shows, not on the browser's. */
export const when = (moment, how) => new Date(moment).toLocaleString(language, { timeZone: zone, ...how });

/** A moment typed on the page's clock (2026-05-01T12:00:00), in UTC. */
export function fromWall(typed) {
  const wall = Date.parse(`${typed}Z`);
  if (Number.isNaN(wall)) throw new Error(gettext("Type the date and the time."));
  const shown = (at) => Date.parse(`${new Date(at).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T")}Z`);
  let at = wall;
  for (let round = 0; round < 2; round += 1) at += wall - shown(at); // twice: the first guess may lie beyond a change of summer time
  return new Date(at).toISOString();
}

/** Typing in a field must not trigger the page's keys. */
export const typing = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, dialog, [contenteditable]");
