// Bars over time with a span to choose: drag across them, or step through them with the keys.
import { api, h, svg, when } from "./dom.js";

const DAY = 86400000;
const MOST_BARS = 120;
const HIGH = 56;

const iso = (day) => new Date(day).toISOString().slice(0, 10);
const words = (day) => when(day, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });

export class TimeBrush {
  /** `filters()` are those of the map; `onChoose(from, to)` gets days, or nothing for any time. */
  constructor({ filters, onChoose }) {
    this.filters = filters;
    this.onChoose = onChoose;
    this.place = document.getElementById("brush");
    this.any = document.getElementById("any-time");
    this.any.addEventListener("click", () => this.choose(null));
    this.bars = [];
  }

  async load() {
    const found = new URLSearchParams(this.filters());
    const chosen = [found.get("from"), found.get("to")].map((day) => (day ? Date.parse(day.slice(0, 10)) : null));
    found.delete("from");
    found.delete("to");
    found.set("zone", document.documentElement.dataset.zone);
    try {
      const { days } = await api(`/api/v1/sightings/histogram/?${found}`);
      this.bars = together(days);
      this.draw();
      if (chosen[0] ?? chosen[1]) this.mark(this.bars.findIndex((bar) => bar.end > (chosen[0] ?? 0)), this.bars.findLastIndex((bar) => bar.start < (chosen[1] ?? Infinity)));
    } catch (error) {
      this.place.replaceChildren(h("p.card-body.small", {}, error.message));
    }
  }

  draw() {
    if (!this.bars.length) {
      this.place.replaceChildren(h("p.card-body.small.muted", {}, gettext("None of them has a known time.")));
      return;
    }
    const most = Math.max(...this.bars.map((bar) => bar.count));
    this.rects = this.bars.map((bar, index) => svg("rect", { x: index + 0.06, y: HIGH - (HIGH * bar.count) / most, width: 0.88, height: (HIGH * bar.count) / most }));
    this.span = svg("rect", { class: "span", x: 0, y: 0, width: 0, height: HIGH });
    const chart = svg("svg", { class: "brush", viewBox: `0 0 ${this.bars.length} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" }, this.span, ...this.rects);
    this.dragged(chart);
    const last = this.bars.length - 1;
    this.ends = [0, 1].map((which) => h("input", { type: "range", min: 0, max: last, value: which ? last : 0, "aria-label": which ? gettext("Until") : gettext("From"), oninput: () => this.slid(which), onchange: () => this.chosen() }));
    const dates = h("p.chart-ends.small.muted", {}, h("span", {}, words(this.bars[0].start)), h("span", {}, words(this.bars[last].end - DAY)));
    this.place.replaceChildren(chart, h("div.brush-ends", {}, this.ends), dates);
    const rows = this.bars.filter((bar) => bar.count).map((bar) => h("tr", {}, h("td", {}, words(bar.start)), h("td", {}, words(bar.end - DAY)), h("td", {}, String(bar.count))));
    document.getElementById("brush-table").replaceChildren(h("table.plain", {}, h("thead", {}, h("tr", {}, [gettext("From"), gettext("To"), gettext("Sightings")].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows)));
  }

  dragged(chart) {
    const at = (event) => {
      const box = chart.getBoundingClientRect();
      return Math.min(this.bars.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * this.bars.length)));
    };
    let from = null;
    chart.addEventListener("pointerdown", (event) => {
      chart.setPointerCapture(event.pointerId);
      from = at(event);
      this.mark(from, from);
    });
    chart.addEventListener("pointermove", (event) => from !== null && this.mark(Math.min(from, at(event)), Math.max(from, at(event))));
    chart.addEventListener("pointerup", () => {
      from = null;
      this.chosen();
    });
  }

  slid(which) {
    const [first, last] = this.ends.map((end) => Number(end.value));
    this.mark(which ? Math.min(first, last) : first, which ? last : Math.max(first, last));
  }

  mark(first, last) {
    if (first < 0 || last < first) return;
    this.now = [first, last];
    this.ends[0].value = first;
    this.ends[1].value = last;
    this.span.setAttribute("x", first);
    this.span.setAttribute("width", last - first + 1);
    const all = first === 0 && last === this.bars.length - 1;
    this.any.hidden = all;
    document.getElementById("brush-words").textContent = all ? gettext("any time") : interpolate(gettext("%(first)s to %(last)s"), { first: words(this.bars[first].start), last: words(this.bars[last].end - DAY) }, true);
    this.ends[0].setAttribute("aria-valuetext", words(this.bars[first].start));
    this.ends[1].setAttribute("aria-valuetext", words(this.bars[last].end - DAY));
  }

  chosen() {
    this.choose(this.now);
  }

  choose(span) {
    const [first, last] = span ?? [0, this.bars.length - 1];
    this.mark(first, last);
    if (first === 0 && last === this.bars.length - 1) {
      this.span.setAttribute("width", 0);
      this.onChoose(null, null);
    } else this.onChoose(iso(this.bars[first].start), iso(this.bars[last].end));
  }
}

/** Days put together into bars of as many days each as it takes, with the empty ones between them. */
function together(days) {
  if (!days.length) return [];
  const first = Date.parse(days[0].day);
  const count = (Date.parse(days.at(-1).day) - first) / DAY + 1;
  const each = Math.ceil(count / MOST_BARS);
  const bars = Array.from({ length: Math.ceil(count / each) }, (_, index) => ({ start: first + index * each * DAY, end: first + (index + 1) * each * DAY, count: 0 }));
  for (const { day, count: seen } of days) bars[Math.floor((Date.parse(day) - first) / DAY / each)].count += seen;
  return bars;
}
