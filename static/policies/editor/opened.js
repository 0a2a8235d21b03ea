// Sends what the writer changed as it was when the form was opened: if somebody else has saved
// meanwhile, the server then shows what each of them changed.

import { form, list } from "./page.js";

const opened = document.createElement("input");
Object.assign(opened, { type: "hidden", name: "opened_parts" });
form.append(opened);

form.addEventListener("submit", () => {
  const field = (name, root = form) => root.querySelector(`[name=${name}]`);
  const parts = ["title", "introduction"].map((name) => [name, [field(name)]]);
  for (const section of list.children) {
    const { value, defaultValue } = field("anchor", section);
    if (value && value === defaultValue) parts.push([`#${value}`, [field("heading", section), field("body", section)]]);
  }
  const changed = parts.filter(([, fields]) => fields.some((it) => it.value !== it.defaultValue));
  const words = changed.map(([name, fields]) => [name, fields.map((it) => it.defaultValue)]);
  opened.value = JSON.stringify(Object.fromEntries(words));
});
