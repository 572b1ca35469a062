// The sighting page: frames enlarge, candidates go into the box, keys for everything.
import { pageData, typing } from "./dom.js";
import { followPacks } from "./evidence.js";
import { showPlaces } from "./small_map.js";
import { voteTable } from "./vote_matrix.js";

const hero = document.getElementById("hero-crop");
const box = document.getElementById("correct-text");
const say = document.getElementById("say");
const flag = document.getElementById("flag-dialog");

function enlarge(event) {
  const item = event.target.closest("[data-crop]");
  if (!item || !hero) return;
  hero.src = item.dataset.crop;
  for (const other of document.querySelectorAll(".strip-item")) other.classList.toggle("shown", other === item);
}

function take(event) {
  const button = event.target.closest("[data-candidate]");
  if (!button || !box) return;
  box.value = button.dataset.candidate;
  box.focus();
}

const press = (value) => say?.querySelector(`button[value="${value}"]:not(:disabled)`)?.click();
const keys = {
  c: () => (box?.focus(), box?.select()),
  f: () => flag?.showModal(),
  y: () => press("confirm"),
  j: () => document.getElementById("go-after")?.click(),
  k: () => document.getElementById("go-before")?.click(),
};

document.addEventListener("click", (event) => {
  enlarge(event);
  take(event);
});
document.getElementById("flag-open")?.addEventListener("click", () => flag.showModal());
document.addEventListener("keydown", (event) => {
  const act = typing(event) ? null : keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
document.getElementById("votes")?.append(voteTable(pageData("votes-data"), box));
showPlaces();
followPacks();
