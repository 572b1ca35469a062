// Before the first paint, so that a dark page never flashes white, and whenever the choice or the system's wish changes.
const moreContrast = matchMedia("(prefers-contrast: more)");

function applyTheme() {
  const { dataset } = document.documentElement;
  const theme = localStorage.getItem("theme");
  if (theme) dataset.theme = theme;
  else delete dataset.theme;
  dataset.contrast = localStorage.getItem("contrast") ?? (moreContrast.matches ? "more" : "normal");
  dispatchEvent(new Event("themechange"));
}

applyTheme();
moreContrast.addEventListener("change", applyTheme);
