// One undo for the whole text: what was typed in each of its parts, and where its sections are.

import { reveal } from "./folding.js";
import { changed, form, list } from "./page.js";
import { renumber } from "./sections.js";
import { replaceText } from "./selecting.js";

const done = [], undone = [];
let isStepping = false;

// step: has `undo` and `redo`, which return whether there was still anything to do. From AGAIN on, the
// step has more to undo.
export const AGAIN = "again";

export function record(step) {
  if (isStepping) return;
  step.group = group;
  done.push(step);
  undone.length = 0;
}

// What is recorded from now on, until somebody does the next thing, is undone at once.
export function together() {
  group = {};
}

/** @type {object?} */
let group = null;
for (const next of ["beforeinput", "keydown", "pointerdown"]) {
  document.addEventListener(next, () => { group = null; }, true);
}

function go(from, to, way) {
  const first = from.at(-1);
  do goOnce(from, to, way); while (first?.group && from.at(-1)?.group === first.group);
}

function goOnce(from, to, way) {
  isStepping = true;
  /** @type {boolean | string} */
  let outcome = false;
  while (from.length && !outcome) {
    const step = from.at(-1);
    outcome = step[way]();
    if (outcome === AGAIN) break;
    from.pop();
    if (outcome) to.push(step);
  }
  isStepping = false;
}

export const undo = () => go(done, undone, "undo");
export const redo = () => go(undone, done, "redo");

// --- What is typed without a surface -------------------------------------------------------------

const PAUSE = 1000; // ms: what is typed after it is another step
const TEXT = "[name=title], [name=introduction], [name=heading], [name=body]";
const values = new WeakMap(); // of fields, as they were before what is typed now
/** @type {{ field: HTMLElement, at: number, after: string }?} */
let last = null;

// Returns whether a field shows its text itself.
const isText = (field) => field.matches(TEXT) && !field.hidden;

// Also where a surface has been opened over the field since then.
function put(field, value) {
  if (!field.isConnected) return false;
  reveal(field);
  replaceText(field, value, true);
  values.set(field, value);
  field.focus();
  return true;
}

form.addEventListener("focusin", ({ target }) => {
  if (isText(target)) values.set(target, target.value);
  last = null;
});
form.addEventListener("input", ({ target: field, timeStamp }) => {
  if (!isText(field)) return;
  const before = values.get(field) ?? field.defaultValue;
  values.set(field, field.value);
  if (isStepping) return;
  if (last?.field === field && last === done.at(-1) && timeStamp - last.at < PAUSE) {
    Object.assign(last, { at: timeStamp, after: field.value });
    return;
  }
  const step = {
    field, at: timeStamp, after: field.value,
    undo: () => put(field, before),
    redo: () => put(field, step.after),
  };
  last = step;
  record(step);
});

// --- Where sections are --------------------------------------------------------------------------

let arrangement = [...list.children];

function arrange(sections) {
  const moved = sections.find((section, index) => list.children[index] !== section);
  sections.forEach((section, index) => {
    if (list.children[index] !== section) list.insertBefore(section, list.children[index] ?? null);
  });
  while (list.children.length > sections.length) list.lastElementChild.remove();
  renumber();
  changed();
  arrangement = sections;
  const place = moved ?? list.lastElementChild;
  reveal(place);
  place.querySelector("[name=heading]").focus();
  return true;
}

new MutationObserver(() => {
  const [before, after] = [arrangement, [...list.children]];
  if (before.length === after.length && before.every((section, index) => section === after[index])) return;
  arrangement = after;
  record({ undo: () => arrange(before), redo: () => arrange(after) });
}).observe(list, { childList: true });

// --- Keys ----------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
  // A field that is no part of the text has its own.
  const isOther = event.target.matches("input, textarea") && !event.target.matches(TEXT);
  if (isOther || event.target.closest("dialog, .beside")) return;
  event.preventDefault();
  event.stopPropagation();
  if (key === "y" || event.shiftKey) redo();
  else undo();
}, true);
