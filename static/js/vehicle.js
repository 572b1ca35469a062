// The vehicle page: choosing a known camera fills in how it looks.
import { pageData } from "./dom.js";

const form = document.getElementById("vehicle-form");
const cameras = pageData("cameras-data");

form.elements.camera_model.addEventListener("change", ({ target }) => {
  const camera = cameras[target.value];
  if (!camera) return;
  for (const [prefix, optics] of [["", camera.front], ["rear_", camera.rear]]) {
    if (!optics) continue;
    form.elements[`${prefix}field_of_view_deg`].value = optics.field_of_view_deg;
    form.elements[`${prefix}lens`].value = optics.lens;
  }
});
