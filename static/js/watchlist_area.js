// The area of a watchlist, drawn on a map.
/* global L */
import { AreaDrawing, cornersOf } from "./area_draw.js";
import { color, makeMap } from "./map.js";

export function showArea() {
  const field = document.querySelector("#settings-form [name=area]");
  const button = document.getElementById("area-draw");
  const said = document.getElementById("area-words");
  const map = makeMap(document.getElementById("map"));
  const areas = L.layerGroup().addTo(map);
  let drawing = null;
  map.setView([30, 10], 1);

  function show() {
    areas.clearLayers();
    if (!field.value) return;
    const polygon = L.polygon(cornersOf(field.value), { color: color("--accent"), weight: 2, interactive: false }).addTo(areas);
    map.fitBounds(polygon.getBounds().pad(0.2));
  }

  function ended() {
    button.setAttribute("aria-pressed", "false");
    said.textContent = "";
    setTimeout(() => (drawing = null)); // not within the click that finished it
  }

  button?.addEventListener("click", () => {
    if (drawing) {
      drawing.stop();
      return;
    }
    button.setAttribute("aria-pressed", "true");
    said.textContent = gettext("Click the corners; Enter finishes, Escape leaves it.");
    const done = (corners) => {
      field.value = corners;
      show();
    };
    drawing = new AreaDrawing(map, { done, ended });
  });
  document.getElementById("area-clear")?.addEventListener("click", () => {
    field.value = "";
    show();
  });
  show();
}
