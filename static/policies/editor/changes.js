// What the text changes against the version that it is based on. Each change can be undone.

import { COMPARE_WITH, PANEL_SHOWN, SURFACE_OPENED, TEXT_CHANGED, notify } from "./events.js";
import { announce, changed, form, list, offer } from "./page.js";
import { fresh, renumber } from "./sections.js";
import { replaceText } from "./selecting.js";

const region = document.getElementById("changes");
const title = region.querySelector("h2");
const place = region.querySelector("div");

// The version's text, once the changes have been asked for: of each part that can be formatted.
/** @type {{ introduction: string, sections: Record<string, string> }?} */
let base = null;
let timer = 0;
let request = new AbortController();

function show(on) {
  if (!on) base = null;
  for (const area of form.querySelectorAll("textarea[name]")) markIn(area);
  if (on) look();
}

// Asks the server; returns its answer, or nothing if a newer request has taken the place of this one.
async function look(button = "changes") {
  clearTimeout(timer);
  request.abort();
  request = new AbortController();
  const { signal } = request;
  const body = new FormData(form);
  body.set("do", button);
  if (!base) body.set("with_base", "on");
  try {
    const response = await fetch(form.dataset.changes, { method: "POST", body, signal });
    const answer = await response.json();
    if (signal.aborted) return null;
    if (answer.changes) place.innerHTML = answer.changes;
    if (answer.base) {
      base = answer.base;
      for (const area of form.querySelectorAll("textarea[name]")) markIn(area);
    }
    if (response.status === 503) timer = setTimeout(look, 2000);
    else if (answer.problem) announce(answer.problem);
    return answer;
  } catch {
    if (!signal.aborted) announce("The changes could not be loaded. Your text is still here.");
    return null;
  }
}

// Marks the changes in a part of the text that is shown formatted.
function markIn(area) {
  const section = area.closest(".section");
  const text = section ? base?.sections[section.querySelector("[name=anchor]").value] : base?.introduction;
  notify(area, COMPARE_WITH, base && (text ?? "")); // of a part that the version does not have, all is new
}

form.addEventListener(SURFACE_OPENED, ({ target }) => base && markIn(target));
form.addEventListener(PANEL_SHOWN, ({ detail }) => show(detail === "changes"));
form.addEventListener(TEXT_CHANGED, () => {
  if (region.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(look, 400);
});

region.addEventListener("click", async (event) => {
  const button = event.target.closest(".undo");
  if (!button) return;
  event.preventDefault();
  const before = asTyped();
  const answer = await look(button.value);
  if (!answer?.text) return;
  put(answered(answer.text, before));
  title.focus();
  announce(`Undone: ${button.ariaLabel?.replace("Undo: ", "")}.`);
  offer("Redo", () => {
    put(before);
    announce("The change is back.");
    look();
  });
});

// A text is [field, value] for each field, and in their order [section, [field, value] …].
const named = (root, name) => root.querySelector(`[name=${name}]`);
const TEXT = ["title", "introduction", "numbering"];
const SECTION = ["heading", "anchor", "body"];

const valuesOf = (root, names) => names.map((name) => [named(root, name), named(root, name).value]);

function asTyped() {
  const sections = [...list.children].map((section) => [section, valuesOf(section, SECTION)]);
  return { fields: valuesOf(form, TEXT), sections };
}

// The server's text, with the sections that are here already.
function answered(text, before) {
  const valuesIn = (root, values, names) => names.map((name) => [named(root, name), values[name]]);
  const sections = text.sections.map((values, index) => {
    const [section] = before.sections[text.indexes[index]] ?? [fresh()];
    return [section, valuesIn(section, values, SECTION)];
  });
  return { fields: valuesIn(form, text, TEXT), sections };
}

function put(text) {
  // What stays where it is keeps its place, focus and history.
  text.sections.forEach(([section], index) => {
    if (list.children[index] !== section) list.insertBefore(section, list.children[index] ?? null);
  });
  while (list.children.length > Math.max(1, text.sections.length)) list.lastElementChild.remove();
  renumber();
  for (const [field, value] of [...text.fields, ...text.sections.flatMap(([, fields]) => fields)]) {
    if (field.value !== value) replaceText(field, value);
  }
  changed();
}
