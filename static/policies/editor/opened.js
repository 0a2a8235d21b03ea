// Sends what the writer changed as it was when the form was opened: if somebody else has saved
// meanwhile, the server then shows what each of them changed.

import { form, list } from "./page.js";

const opened = document.createElement("input");
Object.assign(opened, { type: "hidden", name: "opened_parts" });
form.append(opened);

form.addEventListener("submit", () => {
  const field = (name, root) => root.querySelector(`[name=${name}]`);
  const words = {};
  const add = (name, ...fields) => {
    const isChanged = fields.some(({ value, defaultValue }) => value !== defaultValue);
    if (isChanged) words[name] = fields.map(({ defaultValue }) => defaultValue);
  };
  add("title", field("title", form));
  add("introduction", field("introduction", form));
  for (const section of list.children) {
    const { value, defaultValue } = field("anchor", section);
    if (value && value === defaultValue) add(`#${value}`, field("heading", section), field("body", section));
  }
  opened.value = JSON.stringify(words);
});
