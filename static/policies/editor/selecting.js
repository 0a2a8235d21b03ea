// Selects and replaces words of the text; leads from a finding to its words.

import { SELECT_RANGE, TEXT_REPLACED, notify } from "./events.js";
import { reveal } from "./folding.js";
import { locate } from "./locating.js";
import { findings } from "./page.js";
import { sectionAt } from "./preview.js";

// isCaret: only puts the caret before the words, so that nothing typed next replaces them.
export function select(field, start, end, isCaret = false) {
  reveal(field);
  field.setSelectionRange(start, isCaret ? start : end);
  if (!notify(field, SELECT_RANGE, { start, end, isCaret })) return; // its surface shows it
  field.focus({ preventScroll: true });
  field.scrollIntoView({ block: "nearest" });
  const { top } = field.getBoundingClientRect();
  scrollBy(0, top + heightOf(field, start) - innerHeight / 2);
}

// How tall the text is up to a place: browsers do not scroll to it within a field.
function heightOf(field, place) {
  const upTo = field.cloneNode();
  upTo.value = field.value.slice(0, place);
  Object.assign(upTo.style, { position: "absolute", visibility: "hidden", inlineSize: `${field.offsetWidth}px` });
  field.after(upTo);
  const { scrollHeight } = upTo;
  upTo.remove();
  return scrollHeight;
}

// As typing does: with the browser's own undo.
export function replaceRange(field, start, end, words) {
  reveal(field);
  field.setSelectionRange(start, end);
  field.focus({ preventScroll: true });
  // Deprecated, but the only way to insert text that the user can undo.
  if (document.activeElement === field && document.execCommand("insertText", false, words)) return;
  replaceText(field, field.value.slice(0, start) + words + field.value.slice(end));
  field.setSelectionRange(start + words.length, start + words.length);
}

// isStep: of the undo for the whole text, so that it is no step of a surface's own.
export function replaceText(field, text, isStep = false) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  notify(field, TEXT_REPLACED, { isStep });
}

// The part of the text that a link beside it is about: a section, or a field.
export function linked(link) {
  const id = decodeURIComponent(link.hash.slice(1));
  return sectionAt(id.replace(/^at-/, "")) ?? document.getElementById(id);
}

// The link of a comment selects its words in the text; that of a finding leads before them.
findings.closest("aside").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-find]");
  const place = link && linked(link);
  if (!place) return;
  event.preventDefault();
  const fields = place.matches(".section")
    ? [...place.querySelectorAll("[name=heading], [name=body]")]
    : [place];
  for (const field of fields) {
    const found = locate(field.value, link.dataset.find.replace(/^…/, "")); // near, in a long sentence
    if (found) return select(field, ...found, findings.contains(link));
  }
  select(fields.at(-1), 0, 0);
});
