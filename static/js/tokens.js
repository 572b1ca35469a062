// Keys for programs: making one, showing its secret once, revoking it.
import { api } from "./dom.js";
import { toast } from "./toast.js";

const form = document.getElementById("token-form");
const problem = form.querySelector("[role=alert]");
const dialog = document.getElementById("revoke-dialog");

function show(secret) {
  const made = document.getElementById("made");
  const command = document.getElementById("command");
  document.getElementById("secret").value = secret;
  command.textContent = `curl -H "Authorization: Token ${secret}" ${command.dataset.site}/api/v1/me/`;
  made.hidden = false;
  form.closest("section").hidden = true;
  made.scrollIntoView({ block: "nearest" });
  document.getElementById("secret").focus();
  document.getElementById("secret").select();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = new FormData(form);
  const body = { name: typed.get("name"), scopes: typed.getAll("scopes"), expires_at: typed.get("expires_at") || null };
  problem.hidden = body.scopes.length > 0;
  problem.textContent = gettext("Choose at least one thing that it may do.");
  if (!body.scopes.length) return;
  try {
    show((await api("/api/v1/tokens/", { method: "POST", body })).secret);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
});

/** Without a secure context there is no clipboard: then the text is chosen, and the person copies it. */
async function copy(element) {
  const words = element.value ?? element.textContent;
  try {
    await navigator.clipboard.writeText(words);
    toast(gettext("Copied."));
  } catch {
    if (element.select) element.select();
    else getSelection().selectAllChildren(element);
    toast(gettext("Press Ctrl+C to copy what is chosen."));
  }
}

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copies)));
}

for (const button of document.querySelectorAll("[data-revoke]")) {
  button.addEventListener("click", () => {
    dialog.querySelector("[data-field=name]").textContent = button.dataset.name;
    dialog.dataset.token = button.dataset.revoke;
    dialog.returnValue = "";
    dialog.showModal();
  });
}

dialog.addEventListener("close", async () => {
  if (dialog.returnValue !== "revoke") return;
  try {
    await api(`/api/v1/tokens/${dialog.dataset.token}/`, { method: "DELETE" });
    location.reload();
  } catch (error) {
    toast(error.message, { error: true });
  }
});
