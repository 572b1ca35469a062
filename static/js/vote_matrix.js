// How the frames voted: a table of frames by characters. A click on a cell sets that character in a field.
import { h, number, percent } from "./dom.js";

/** The table; without a field it is for reading alone. Arrow keys go from cell to cell. */
export function voteTable({ fused, rows }, field = null) {
  const columns = fused.map((cell, index) => (cell.char ? fused.slice(0, index + 1).filter((one) => one.char).length : 0));
  const chosen = fused.map((cell) => cell.char);
  const cells = [];

  /** What a person typed since the last click takes the columns' places, where it has as many characters. */
  function takeTyped() {
    const typed = [...field.value.toUpperCase()];
    const places = chosen.flatMap((char, index) => (char ? [index] : []));
    if (typed.length !== places.length) return;
    for (const [nth, index] of places.entries()) chosen[index] = typed[nth];
  }

  function put(column, char) {
    if (field.value !== chosen.join("")) takeTyped();
    chosen[column] = char;
    field.value = chosen.join("");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    mark();
  }

  function mark() {
    for (const cell of cells) cell.element.classList.toggle("chosen", cell.char === chosen[cell.column] && Boolean(cell.char));
  }

  function cellOf(vote, column, row, weight, who) {
    const share = weight * vote.confidence;
    const place = columns[column] ? interpolate(gettext("position %(number)s"), { number: columns[column] }, true) : gettext("an extra position");
    const saying = vote.char ? gettext("%(who)s read %(char)s at %(place)s, %(share)s sure") : gettext("%(who)s read nothing at %(place)s");
    const says = interpolate(saying, { who, char: vote.char, place, share: percent(vote.confidence) }, true);
    const style = `--share:${share.toFixed(3)}`;
    const kind = ["vote", vote.differs ? "differs" : "", vote.char ? "" : "none"].filter(Boolean).join(" ");
    const shown = vote.char || "–";
    const element = field
      ? h("button", { type: "button", class: kind, style, tabindex: -1, "aria-label": says, title: says, onclick: () => put(column, vote.char) }, shown)
      : h("span", { class: kind, style, title: says }, shown);
    cells.push({ element, column, row, char: vote.char });
    return h("td", {}, element);
  }

  const body = [{ cells: fused, weight: 1, who: gettext("All frames together"), head: gettext("Together") }];
  for (const row of rows) {
    const at = `${number(row.position_sec, 1)} s`;
    body.push({ cells: row.cells, weight: row.weight, who: interpolate(gettext("The frame at %(time)s"), { time: at }, true), head: at, crop: row.crop_url });
  }
  const table = h(
    "table.votes",
    {},
    h("caption.sr", {}, gettext("What each frame read, character by character, and with what weight")),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, gettext("Frame")), columns.map((place) => h("th", { scope: "col" }, place ? String(place) : h("span", { title: gettext("Seen by single frames alone") }, "+"))), h("th.num", { scope: "col" }, gettext("Weight")))),
    h("tbody", {}, body.map((row, index) => h("tr", { class: index ? null : "fused" }, h("th", { scope: "row" }, row.crop ? h("img", { src: row.crop, alt: "", loading: "lazy" }) : null, row.head), row.cells.map((vote, column) => cellOf(vote, column, index, row.weight, row.who)), h("td.num", {}, index ? percent(row.weight) : "")))),
  );
  if (field) withArrows(table, cells);
  mark();
  return h("div.votes-scroll", {}, table);
}

/** One cell can be reached with Tab; from there the arrows lead on. */
function withArrows(table, cells) {
  const at = (row, column) => cells.find((cell) => cell.row === row && cell.column === column);
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (cells.length) cells[0].element.tabIndex = 0;
  table.addEventListener("focusin", (event) => {
    for (const { element } of cells) element.tabIndex = element === event.target ? 0 : -1;
  });
  table.addEventListener("keydown", (event) => {
    const from = cells.find((cell) => cell.element === event.target);
    const to = steps[event.key] && from && at(from.row + steps[event.key][0], from.column + steps[event.key][1]);
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    to.element.focus();
  });
}
