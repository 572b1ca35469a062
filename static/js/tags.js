// Tags as chips: Enter or a comma makes one, its cross or Backspace in the empty box takes it away.
import { h, icon } from "./dom.js";

/** Turn a text input of tags with commas between them into chips; the input itself still carries the value. */
export function tagEditor(input) {
  let tags = split(input.value);
  const list = h("ul.tag-editor", { "aria-label": gettext("Tags") });
  const box = h("input.input", { maxlength: 60, placeholder: gettext("Add a tag"), "aria-label": gettext("Add a tag") });

  function split(text) {
    return [...new Set(text.split(",").map((tag) => tag.trim()).filter(Boolean))];
  }

  function show() {
    input.value = tags.join(", ");
    const cross = (tag) => h("button", { type: "button", "aria-label": interpolate(gettext("Remove the tag %(tag)s"), { tag }, true), onclick: () => remove(tag) }, icon("close"));
    list.replaceChildren(...tags.map((tag) => h("li.tag", {}, tag, cross(tag))));
  }

  function remove(tag) {
    tags = tags.filter((other) => other !== tag);
    show();
    box.focus();
  }

  function add() {
    tags = split([...tags, box.value].join(","));
    box.value = "";
    show();
  }

  box.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === ",") && box.value.trim()) {
      event.preventDefault();
      add();
    }
    if (event.key === "Backspace" && !box.value && tags.length) remove(tags.at(-1));
  });
  input.form.addEventListener("submit", add);
  input.hidden = true;
  input.after(list, box);
  show();
}
