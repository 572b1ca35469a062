// Correcting many at once: how many are chosen, and what each will read.
const form = document.getElementById("batch");
const right = document.getElementById("batch-right");
const picks = [...(form?.querySelectorAll("input[name=sighting]") ?? [])];
const alias = form?.querySelector("input[name=alias]");
const locked = form?.querySelectorAll(".batch-row.locked").length ?? 0;

function refresh() {
  const count = picks.filter((pick) => pick.checked).length;
  const text = right.value.toUpperCase().replaceAll(/[^\p{L}\p{N}?]/gu, "");
  const values = { count, text, locked };
  const correct = text
    ? ngettext("Correct %(count)s sighting to %(text)s", "Correct %(count)s sightings to %(text)s", count)
    : ngettext("Correct %(count)s sighting", "Correct %(count)s sightings", count);
  const will = locked
    ? ngettext("%(count)s sighting will be corrected, %(locked)s stay as a person said. It is one step, and can be undone as one.", "%(count)s sightings will be corrected, %(locked)s stay as a person said. It is one step, and can be undone as one.", count)
    : ngettext("%(count)s sighting will be corrected. It is one step, and can be undone as one.", "%(count)s sightings will be corrected. It is one step, and can be undone as one.", count);
  const only = !count && alias?.checked;
  form.querySelector("[data-field=apply]").textContent = only ? gettext("Make the alias") : interpolate(correct, values, true);
  document.getElementById("batch-apply").disabled = !text || (!count && !alias?.checked);
  document.getElementById("batch-words").textContent = interpolate(will, values, true);
  for (const pick of picks) {
    const shown = pick.closest(".batch-row").querySelector("[data-right]");
    shown.hidden = !pick.checked || !text;
    shown.textContent = `→ ${text}`;
  }
}

if (form) {
  form.addEventListener("input", refresh);
  for (const button of form.querySelectorAll("[data-choose]")) {
    button.addEventListener("click", () => {
      for (const pick of picks) pick.checked = button.dataset.choose === "all";
      refresh();
    });
  }
  form.addEventListener("submit", () => (document.getElementById("batch-apply").disabled = true));
  refresh();
}
