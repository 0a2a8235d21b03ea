// Finds and replaces words in the whole text: title, introduction, headings and sections.

import { announce, form, offer, status } from "./page.js";
import { replaceRange, replaceText, select } from "./selecting.js";

const bar = document.getElementById("find");
const [words, replacement, matchCase, wholeWords] = bar.querySelectorAll("input");
const count = bar.querySelector("[role=status]");

const fields = () => [...form.querySelectorAll("[name=title], [name=introduction], [name=heading], [name=body]")];

// Anchors, and the labels of footnotes: what only leads from one part of the text to another.
const KEPT = String.raw`\]\(#[^()\s]*\)|\{#[^{}]*\}|\[\^[^\]\s]+\]`;
// Where links lead. Words that are replaced would break links that nobody sees.
const ADDRESS = String.raw`\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*`;
const IN_ADDRESSES = /[.:/@]/;
const LETTER = String.raw`[\p{L}\p{N}\p{M}_]`;

// What is looked for, after what is kept as the first group; null for nothing.
function pattern() {
  if (!words.value.trim()) return null;
  const wanted = words.value
    .replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
    .replace(/\s+/g, "\\s+") // lines may be broken there
    .replace(/['’]/g, "['’]");
  const whole = wholeWords.checked ? `(?<!${LETTER})${wanted}(?!${LETTER})` : wanted;
  const kept = IN_ADDRESSES.test(words.value) ? KEPT : `${KEPT}|${ADDRESS}`;
  return new RegExp(`(${kept})|${whole}`, matchCase.checked ? "gu" : "giu");
}

let matches = null; // [field, start, end] of each, in order; null: not known since the last change
let last = null; // the field that had the focus last

function look() {
  const wanted = pattern();
  matches ??= !wanted ? [] : fields().flatMap((field) => [...field.value.matchAll(wanted)]
    .filter((found) => found[1] === undefined)
    .map((found) => [field, found.index, found.index + found[0].length]));
  const [field, start, end] = selection();
  const at = matches.findIndex((it) => it[0] === field && it[1] === start && it[2] === end);
  const all = matches.length.toLocaleString("en");
  count.textContent = !wanted ? "" : !matches.length ? "No matches"
    : at < 0 ? `${all} match${matches.length === 1 ? "" : "es"}` : `${(at + 1).toLocaleString("en")} of ${all}`;
  return matches[at];
}

const selection = () => last ? [last, last.selectionStart, last.selectionEnd] : [fields()[0], 0, 0];

let timer = 0;
function lookSoon() {
  matches = null;
  clearTimeout(timer);
  if (!bar.hidden) timer = setTimeout(look, 200);
}

// To the next match after the caret, or the one before it; round the end of the text.
function go(isBack = false) {
  look();
  if (!matches.length) return;
  const [field, start, end] = selection();
  const order = new Map(fields().map((it, index) => [it, index]));
  const here = order.get(field);
  const isAfter = (it) => order.get(it[0]) > here || (it[0] === field && it[1] >= end);
  const isBefore = (it) => order.get(it[0]) < here || (it[0] === field && it[2] <= start);
  const match = isBack
    ? matches.findLast(isBefore) ?? matches.at(-1)
    : matches.find(isAfter) ?? matches[0];
  [last] = match;
  select(...match);
  look();
}

function replaceOne() {
  const match = look();
  if (match) replaceRange(...match, replacement.value);
  go();
}

function replaceAll() {
  const wanted = pattern();
  if (!wanted) return;
  let number = 0;
  const done = fields().map((field) => {
    const before = field.value;
    const after = before.replace(wanted, (found, kept) => kept ?? (number++, replacement.value));
    return { field, before, after };
  }).filter((it) => it.before !== it.after);
  for (const it of done) replaceText(it.field, it.after);
  status.textContent = "";
  announce(number ? `Replaced ${number.toLocaleString("en")} in ${placesOf(done)}.` : "There was nothing to replace.");
  if (number) offer("Undo", () => undo(done));
  look();
}

function placesOf(done) {
  const sections = new Set(done.map(({ field }) => field.closest(".section")).filter(Boolean)).size;
  const places = done.filter(({ field }) => !field.closest(".section")).map(({ field }) => `the ${field.name}`);
  if (sections) places.push(`${sections} section${sections === 1 ? "" : "s"}`);
  return new Intl.ListFormat("en").format(places);
}

function undo(done) {
  const edited = done.filter((it) => it.field.value !== it.after);
  for (const it of done) if (!edited.includes(it)) replaceText(it.field, it.before);
  status.textContent = "";
  announce(edited.length ? `Undone, except in ${placesOf(edited)}: edited since then.` : "Undone.");
  words.focus();
}

function open() {
  const [field, start, end] = selection();
  const chosen = field.value.slice(start, end);
  if (chosen && chosen.length <= 200) words.value = chosen;
  bar.hidden = false;
  words.focus();
  words.select();
  lookSoon();
}

function close() {
  bar.hidden = true;
  (last ?? document.getElementById("open-find")).focus();
}

const ACTS = { previous: () => go(true), replace: replaceOne, all: replaceAll, close };

bar.addEventListener("submit", (event) => {
  event.preventDefault();
  go();
});
bar.addEventListener("click", (event) => ACTS[event.target.closest("button")?.value]?.());
bar.addEventListener("input", lookSoon);
form.addEventListener("text-changed", lookSoon);
form.addEventListener("focusin", (event) => {
  const area = event.target.closest(".surface")?.parentElement.querySelector("textarea");
  if (area && area !== last) area.setSelectionRange(0, 0); // where its caret is, only the surface knows
  if (area || fields().includes(event.target)) last = area ?? event.target;
});
document.getElementById("open-find").addEventListener("click", open);
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "h") open();
  else if (event.key === "F3" && !bar.hidden) go(event.shiftKey);
  else if (event.key === "Escape" && bar.contains(event.target)) close();
  else return;
  event.preventDefault();
});
