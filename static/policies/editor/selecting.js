// From a finding to its words in the text.

import { reveal } from "./folding.js";
import { locate } from "./locating.js";
import { findings } from "./page.js";
import { sectionAt } from "./preview.js";

export function select(field, start, end) {
  reveal(field);
  const asked = new CustomEvent("select-range", { cancelable: true, detail: { start, end } });
  if (!field.dispatchEvent(asked)) return; // its surface shows it
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  field.scrollIntoView({ block: "center" });
}

// The part of the text that a link beside it is about: a section, or a field.
export function linked(link) {
  const id = decodeURIComponent(link.hash.slice(1));
  return sectionAt(id.replace(/^at-/, "")) ?? document.getElementById(id);
}

// A finding's link selects its words in the text.
findings.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-find]");
  const place = link && linked(link);
  if (!place) return;
  event.preventDefault();
  const fields = place.matches(".section")
    ? [...place.querySelectorAll("[name=heading], [name=body]")]
    : [place];
  for (const field of fields) {
    const found = locate(field.value, link.dataset.find);
    if (found) return select(field, ...found);
  }
  select(fields.at(-1), 0, 0);
});
