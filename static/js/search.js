// The search box says what it will look for while it is being typed.
const box = document.getElementById("search-box");
const words = document.getElementById("explanation");
const WAIT = 180;
let timer = 0;
let asked = 0;

async function explain() {
  const typed = box.value.trim();
  const mine = ++asked;
  if (!typed) {
    words.textContent = "Type a plate, or a part of it.";
    return;
  }
  try {
    const response = await fetch(`${box.dataset.explain}?q=${encodeURIComponent(typed)}`);
    const answer = await response.json();
    if (mine === asked) words.textContent = answer.explanation ?? answer.error;
  } catch {
    // Without a connection the box simply stays silent; searching says so itself.
  }
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(explain, WAIT);
});
