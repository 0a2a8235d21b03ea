// Finds and replaces words in the whole text: title, introduction, headings and sections.

import { TEXT_CHANGED } from "./events.js";
import { together } from "./history.js";
import { announce, form, offer, status } from "./page.js";
import { change, placesIn, replaceIn } from "./searching.js";
import { replaceRange, replaceText, select } from "./selecting.js";

const bar = document.getElementById("find");
const [words, matchCase, wholeWords, replacement] = bar.querySelectorAll("input");
const count = bar.querySelector("[role=status]");

const fields = () => [...form.querySelectorAll("[name=title], [name=introduction], [name=heading], [name=body]")];

const query = (field) => ({
  words: words.value, replacement: replacement.value, isCaseMatched: matchCase.checked, isWholeWords: wholeWords.checked,
  isFormatted: form.classList.contains("is-formatted") && field.matches("textarea"),
});

/** @typedef {[field: PageElement, start: number, end: number]} Match */
/** @type {Match[]?} In order; null: not known since the last change. */
let matches = null;
/** @type {PageElement?} The field that had the focus last. */
let last = null;

function found() {
  matches ??= fields().flatMap((field) =>
    placesIn(field.value, query(field)).map(([start, end]) => /** @type {Match} */ ([field, start, end])));
  return matches;
}

// Says how many matches there are, and which one is selected; returns that one.
function look() {
  const all = found();
  const [field, start, end] = selection();
  const at = all.findIndex((match) => match[0] === field && match[1] === start && match[2] === end);
  const number = all.length.toLocaleString("en");
  count.textContent = !words.value.trim() ? "" : !all.length ? "No matches"
    : at < 0 ? `${number} match${all.length === 1 ? "" : "es"}` : `${(at + 1).toLocaleString("en")} of ${number}`;
  return all[at];
}

/** @returns {Match} */
const selection = () => last ? [last, last.selectionStart, last.selectionEnd] : [fields()[0], 0, 0];

let timer = 0;
function lookSoon() {
  matches = null;
  clearTimeout(timer);
  if (!bar.hidden) timer = setTimeout(look, 200);
}

// To the next match after the caret, or the one before it; round the end of the text.
function go(isBack = false) {
  const all = found();
  const here = selection();
  const places = new Map(fields().map((field, index) => [field, index]));
  const distance = (match) => (places.get(match[0]) ?? 0) - (places.get(here[0]) ?? 0); // in fields
  const isAfter = (match) => distance(match) > 0 || (match[0] === here[0] && match[1] >= here[2]);
  const isBefore = (match) => distance(match) < 0 || (match[0] === here[0] && match[2] <= here[1]);
  const match = isBack
    ? all.findLast(isBefore) ?? all.at(-1)
    : all.find(isAfter) ?? all[0];
  if (!match) return look();
  [last] = match;
  select(...match);
  look();
}

function replaceOne() {
  const match = look();
  if (match) {
    const [field, start, end] = match;
    const edit = change(field.value.slice(start, end), query(field));
    if (!edit) return announce(left(1));
    replaceRange(field, start + edit[0], start + edit[1], edit[2]);
  }
  go();
}

const left = (number) => number === 1
  ? "One match was left: a link or emphasis begins or ends in it. Change it by hand."
  : `${number.toLocaleString("en")} matches were left: links or emphasis begin or end in them. Change them by hand.`;

function replaceAll() {
  if (!words.value.trim()) return;
  let number = 0, unchanged = 0;
  const done = [];
  for (const field of fields()) {
    const before = field.value;
    const { after, replaced, left: kept } = replaceIn(before, query(field));
    number += replaced;
    unchanged += kept;
    if (after !== before) done.push({ field, before, after });
  }
  together();
  for (const { field, after } of done) replaceText(field, after);
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
  const edited = done.filter(({ field, after }) => field.value !== after);
  for (const replaced of done) if (!edited.includes(replaced)) replaceText(replaced.field, replaced.before);
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
  const surface = last?.parentElement.querySelector(".surface-text");
  (surface ?? last ?? document.getElementById("open-find")).focus();
}

const ACTS = { previous: () => go(true), replace: replaceOne, all: replaceAll, close };

bar.addEventListener("submit", (event) => {
  event.preventDefault();
  go();
});
bar.addEventListener("click", (event) => ACTS[event.target.closest("button")?.value]?.());
bar.addEventListener("input", lookSoon);
form.addEventListener(TEXT_CHANGED, lookSoon);
form.addEventListener("focusin", (event) => {
  const area = event.target.closest(".surface")?.parentElement.querySelector("textarea");
  if (area && area !== last) area.setSelectionRange(0, 0); // where its caret is, only the surface knows
  if (area || fields().includes(event.target)) last = area ?? event.target;
});
document.getElementById("open-find").addEventListener("click", open);
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "h") open();
  else if (event.key === "F3" && !bar.hidden) go(event.shiftKey);
  else if (event.key === "Escape" && bar.contains(event.target)) close();
  else return;
  event.preventDefault();
});
