// Searches that a person keeps: the list beside the results, saving, renaming, deleting and taking that back.
import { api, h, icon } from "./dom.js";
import { toast } from "./toast.js";

const MOST_NEWS = 100; // what the site counts to

export class SavedSearches {
  constructor(section, dialog, parameters) {
    this.section = section;
    this.dialog = dialog;
    this.parameters = parameters;
    this.list = section.querySelector("[data-field=list]");
    this.nothing = [...this.list.childNodes];
    this.searches = [];
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-opens=save-dialog]")) this.open(null);
    });
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(event.target.elements.name.value);
    });
    this.ready = this.load();
  }

  async load() {
    try {
      this.searches = (await api(`${this.section.dataset.url}?page_size=50`)).results;
      this.draw();
    } catch (error) {
      this.list.replaceChildren(h("p.card-body.small.muted", {}, error.message));
    }
  }

  draw() {
    if (!this.searches.length) {
      this.list.replaceChildren(...this.nothing);
      return;
    }
    this.list.replaceChildren(h("ul.saved-list", {}, this.searches.map((search) => this.row(search))));
  }

  row(search) {
    const many = search.new >= MOST_NEWS ? `${MOST_NEWS - 1}+` : String(search.new);
    const fresh = search.new ? h("span.count", { "aria-label": interpolate(gettext("%(count)s new since you last looked"), { count: many }, true) }, many) : null;
    const button = (name, title, label, act) => h("button.button.quiet.small.only", { type: "button", "aria-label": interpolate(label, { name: search.name }, true), title, onclick: act }, icon(name));
    return h(
      "li",
      { "data-search": search.id },
      h("a", { href: search.url }, search.name),
      fresh,
      button("pen", gettext("Rename"), gettext("Rename %(name)s"), () => this.open(search)),
      button("close", gettext("Delete"), gettext("Delete %(name)s"), () => this.remove(search)),
    );
  }

  /** Ask for a name: of a new search, or a new name of one that is kept. */
  open(search) {
    this.renamed = search;
    this.dialog.querySelector("h2").textContent = search ? gettext("Rename this search") : gettext("Save this search");
    this.dialog.querySelector("[role=alert]").hidden = true;
    const field = this.dialog.querySelector("[name=name]");
    field.value = search?.name ?? this.parameters().get("q") ?? "";
    this.dialog.showModal();
    field.select();
  }

  async send(name) {
    const url = this.section.dataset.url;
    try {
      if (this.renamed) await api(`${url}${this.renamed.id}/`, { method: "PATCH", body: { name } });
      else await api(url, { method: "POST", body: { name, words: { ...Object.fromEntries(this.parameters()), zone: document.documentElement.dataset.zone } } });
      this.dialog.close();
      toast(this.renamed ? gettext("Renamed.") : gettext("Saved."));
      await this.load();
    } catch (error) {
      const note = this.dialog.querySelector("[role=alert]");
      note.textContent = error.message;
      note.hidden = false;
    }
  }

  async remove(search) {
    const address = `${this.section.dataset.url}${search.id}/`;
    try {
      await api(address, { method: "DELETE" });
      const undo = { words: gettext("Undo"), run: () => api(`${address}restore/`, { method: "POST" }).then(() => this.load(), (error) => toast(error.message, { error: true })) };
      toast(interpolate(gettext("%(name)s was deleted."), { name: search.name }, true), { action: undo });
      await this.load();
    } catch (error) {
      toast(error.message, { error: true });
    }
  }

  /** The results of a search that is kept are on the page: what is there up to now is no longer new. */
  async looked(found, upto) {
    await this.ready;
    if (!upto) return;
    const plain = (words) => [...new URLSearchParams(words)].filter(([name]) => name !== "view" && name !== "zone").map(String).sort().join("&");
    const mine = this.searches.find((search) => search.new && plain(search.words) === plain(found));
    if (!mine) return;
    await api(`${this.section.dataset.url}${mine.id}/look/`, { method: "POST", body: { upto: Number(upto) } });
    mine.new = 0;
  }
}
