// The plate chip, the same as the template tag draws it; and copying any chip with a click.
import { h } from "./dom.js";

const WEAK_BELOW = 0.7;

export function plateChip({ plate, region = "", characters = [], state = "", size = "" }) {
  const band = region && region !== "unknown" ? region.split("-")[0].toUpperCase().slice(0, 2) : "";
  const known = characters.length === [...plate].length ? characters : [];
  const letters = [...(plate || "?")].map((char, index) => {
    const weak = (known[index]?.confidence ?? 1) < WEAK_BELOW;
    return h("b", { class: char === "?" ? "blind" : weak ? "weak" : null }, char);
  });
  const words = { plate: plate || gettext("unreadable") };
  return h(
    "span",
    { class: ["plate", size, state].filter(Boolean).join(" "), role: "button", tabindex: 0, "data-copy": plate, title: interpolate(gettext("Copy %(plate)s"), words, true), "aria-label": interpolate(gettext("Plate %(plate)s, copy"), words, true) },
    h("span", { class: band ? "plate-band" : "plate-band none", "aria-hidden": "true" }, band),
    h("span.plate-text", { "aria-hidden": "true" }, letters),
  );
}

async function copy(chip) {
  try {
    await navigator.clipboard.writeText(chip.dataset.copy);
  } catch {
    return; // without permission the text can still be selected by hand
  }
  chip.dataset.copied = gettext("Copied");
  chip.classList.add("copied");
  setTimeout(() => chip.classList.remove("copied"), 900);
}

export function copyOnClick() {
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-copy]");
    if (!chip) return;
    event.preventDefault();
    copy(chip);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("[data-copy]")) return;
    event.preventDefault();
    copy(event.target);
  });
}
