// A CSV file into a watchlist, and what became of each of its rows.
import { api, h } from "./dom.js";
import { toast } from "./toast.js";

/** Spreadsheets write UTF-8 or the code page of Western Windows. */
function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

const words = () => ({ added: gettext("added"), changed: gettext("changed"), unchanged: gettext("unchanged"), bad: gettext("not understood") });

function show(rows) {
  const report = document.getElementById("csv-report");
  const count = (status) => rows.filter((row) => row.status === status).length;
  const named = words();
  const summary = Object.keys(named).filter(count).map((status) => `${named[status]}: ${count(status)}`);
  const bad = rows.filter((row) => row.status === "bad");
  const line = (row) => h("tr", {}, h("td", {}, String(row.row)), h("td", {}, row.plate), h("td", {}, named[row.status]), h("td", {}, row.detail));
  const heads = [gettext("Line"), gettext("Plate"), gettext("Outcome"), gettext("Why")].map((head) => h("th", { scope: "col" }, head));
  const table = (some) => h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, some.map(line)));
  report.hidden = false;
  report.replaceChildren(
    h("b", {}, summary.join(", ") || gettext("The file has no rows.")),
    ...(bad.length ? [table(bad)] : []),
    h("details", {}, h("summary", {}, gettext("Every row")), table(rows)),
    h("a.button.small", { href: location.pathname }, gettext("Show the list")),
  );
  report.scrollIntoView({ block: "nearest" });
}

export function readCsv(watchlist) {
  const input = document.getElementById("csv-file");
  document.getElementById("csv-choose")?.addEventListener("click", () => input.click());
  input?.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    try {
      const csv = textOf(await file.arrayBuffer());
      show(await api(`/api/v1/watchlists/${watchlist}/csv/`, { method: "POST", body: { csv } }));
    } catch (error) {
      toast(error.message, { error: true });
    }
    input.value = "";
  });
}
