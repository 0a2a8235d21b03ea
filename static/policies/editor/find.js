// Finds and replaces words in the whole text: title, introduction, headings and sections.

import { announce, form, offer, status } from "./page.js";
import { replaceRange, replaceText, select } from "./selecting.js";

const bar = document.getElementById("find");
const [words, replacement, matchCase, wholeWords] = bar.querySelectorAll("input");
const count = bar.querySelector("[role=status]");

const fields = () => [...form.querySelectorAll("[name=title], [name=introduction], [name=heading], [name=body]")];

// Anchors, and the labels of footnotes: what only leads from one part of the text to another.
const KEPT = String.raw`\]\(#[^()\s]*\)|\{#[^{}]*\}|\[\^[^[\]\s]+\]`;
// Where links lead. Words that are replaced would break links that nobody sees.
const ADDRESS = String.raw`\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*`;
const IN_ADDRESSES = /[.:/@]/;
const LETTER = String.raw`[\p{L}\p{N}\p{M}]`;

// Signs that nobody sees where the text is formatted: “**Customer**” reads “Customer”, and clause [39](#end)
// reads clause 39. So few in a row that no text takes long.
const SIGN = String.raw`[*_~\x60]|\\(?=[!-/:-@[-\x60{-~])|\[\^[^[\]\s]+\]|\[|\]\([^()\s]*\)`;
const SIGNS = `(?:${SIGN}){0,12}`;
const HAS_SIGN = new RegExp(SIGN, "u");
const READ = new RegExp(`${SIGN}|([^])`, "gu"); // what is read is the first group

// What is looked for. between: what may be between its characters.
function wanted(between) {
  const written = (it) => {
    if (it === " ") return "\\s+"; // lines may be broken there
    return /['’]/.test(it) ? "['’]" : it.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  };
  return [...words.value.replace(/\s+/g, " ")].map(written).join(between);
}

const flags = () => (matchCase.checked ? "gu" : "giu");

// Finds it, after what is kept as the first group; null for nothing.
function pattern() {
  if (!words.value.trim()) return null;
  const found = wanted(SIGNS);
  const whole = wholeWords.checked ? `(?<!${LETTER})${found}(?!${LETTER})` : found;
  const kept = IN_ADDRESSES.test(words.value) ? KEPT : `${KEPT}|${ADDRESS}`;
  return new RegExp(`(${kept})|${whole}`, flags());
}

// Returns what to replace in words that were found, and with what: [start, end, words]. With signs in them, only
// what differs, so that the signs stay where they are; null if some are in what differs.
function change(found) {
  const isPlain = !HAS_SIGN.test(found) || new RegExp(`^${wanted("")}$`, flags()).test(found);
  if (isPlain) return [0, found.length, replacement.value];
  const now = [...replacement.value];
  const read = [...found.matchAll(READ)].filter((it) => it[1] !== undefined);
  const most = Math.min(read.length, now.length);
  let start = 0, end = 0;
  while (start < most && read[start][1] === now[start]) start += 1;
  while (end < most - start && read.at(-1 - end)[1] === now.at(-1 - end)) end += 1;
  const after = (it) => it.index + it[1].length;
  const gone = read.slice(start, read.length - end);
  if (gone.some((it, at) => at && it.index !== after(gone[at - 1]))) return null;
  const from = gone.length ? gone[0].index : start && after(read[start - 1]);
  return [from, gone.length ? after(gone.at(-1)) : from, now.slice(start, now.length - end).join("")];
}

let matches = null; // [field, start, end] of each, in order; null: not known since the last change
let last = null; // the field that had the focus last

function look() {
  const sought = pattern();
  matches ??= !sought ? [] : fields().flatMap((field) => [...field.value.matchAll(sought)]
    .filter((found) => found[1] === undefined)
    .map((found) => [field, found.index, found.index + found[0].length]));
  const [field, start, end] = selection();
  const at = matches.findIndex((it) => it[0] === field && it[1] === start && it[2] === end);
  const all = matches.length.toLocaleString("en");
  count.textContent = !sought ? "" : !matches.length ? "No matches"
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
  if (match) {
    const [field, start, end] = match;
    const edit = change(field.value.slice(start, end));
    if (!edit) return announce(left(1));
    replaceRange(field, start + edit[0], start + edit[1], edit[2]);
  }
  go();
}

const left = (number) => number === 1
  ? "One match was left: a link or emphasis begins or ends in it. Change it by hand."
  : `${number.toLocaleString("en")} matches were left: links or emphasis begin or end in them. Change them by hand.`;

function replaceAll() {
  const sought = pattern();
  if (!sought) return;
  let number = 0, unchanged = 0;
  const replaced = (found, kept) => {
    const edit = kept === undefined && change(found);
    if (!edit) {
      unchanged += kept === undefined;
      return found;
    }
    number += 1;
    return found.slice(0, edit[0]) + edit[2] + found.slice(edit[1]);
  };
  const done = fields()
    .map((field) => ({ field, before: field.value, after: field.value.replace(sought, replaced) }))
    .filter((it) => it.before !== it.after);
  for (const it of done) replaceText(it.field, it.after);
  status.textContent = "";
  const said = [
    number ? `Replaced ${number.toLocaleString("en")}${done.length ? ` in ${placesOf(done)}` : ""}.` : "",
    unchanged ? left(unchanged) : "",
  ];
  announce(said.filter(Boolean).join(" ") || "There was nothing to replace.");
  if (done.length) offer("Undo", () => undo(done));
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
