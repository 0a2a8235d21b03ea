// Links to sections, clauses and other policies, chosen from a list: by a button, or by typing "#".

import { REFERENCE_WANTED } from "./events.js";
import { form } from "./page.js";
import { openPicker } from "./picker.js";
import { replaceRange } from "./selecting.js";

const escaped = (words) => words.replace(/[\\[\]]/g, "\\$&");

// What a formatted surface asks for, too.
form.addEventListener(REFERENCE_WANTED, ({ detail: { element, choose, keep } }) => {
  openPicker({ anchorElement: element, choose, keep });
});

function ask(area, start, end, write, keep) {
  const choose = (words, href) => replaceRange(area, start, end, write(words, href));
  openPicker({ anchorElement: area, choose, keep });
}

form.addEventListener("input", ({ target: area, data }) => {
  if (data !== "#" || !area.matches("textarea")) return;
  const start = area.selectionStart - 1;
  const before = area.value.slice(0, start).split("\n").at(-1) ?? "";
  // At the beginning of a line it makes a heading.
  if (!/\S\s+$|\($/.test(before)) return;
  const isAddress = before.endsWith("](");
  const closing = area.value[start + 1] === ")" ? "" : ")";
  const write = (words, href) => isAddress ? href + closing : `[${escaped(words)}](${href})`;
  ask(area, start, start + 1, write, (typed) => replaceRange(area, start + 1, start + 1, typed));
});

form.addEventListener("click", (event) => {
  const button = event.target.closest(".insert-reference");
  if (!button) return;
  const area = document.getElementById(button.closest("markdown-toolbar").getAttribute("for"));
  const { selectionStart: start, selectionEnd: end } = area;
  const chosen = area.value.slice(start, end);
  ask(area, start, end, (words, href) => `[${chosen || escaped(words)}](${href})`);
});
