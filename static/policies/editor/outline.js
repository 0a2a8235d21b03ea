// The outline beside the text: every section with its marks; to jump to one, and to move it.

import { checksum } from "./checksum.js";
import { sortable } from "./dragging.js";
import { SOURCE_SHOWN, TEXT_CHANGED } from "./events.js";
import { reveal, setAllOpen } from "./folding.js";
import { findings, form, list } from "./page.js";
import { move, put } from "./sections.js";
import { linked } from "./selecting.js";

const nav = document.querySelector(".outline");
const folded = nav.querySelector("details");
const entries = nav.querySelector("ol");
const blank = nav.querySelector("template").content.firstElementChild;
const isNarrow = matchMedia("(max-width: 79.99em)");

// Title and introduction, then the sections: their elements, as the entries have them in order.
const parts = () => [form, ...list.children];
const partOf = (entry) => parts()[[...entries.children].indexOf(entry)];

const fieldsOf = (part) => part === form
  ? [form.elements.title, form.elements.introduction]
  : ["heading", "body"].map((name) => part.querySelector(`[name=${name}]`));

// --- What it shows -------------------------------------------------------------------------------

const LEVELS = {
  blocks: (number) => `${number} to fix`,
  acknowledge: (number) => `${number} to fix or justify`,
  advice: (number) => `${number} suggestion${number === 1 ? "" : "s"}`,
};

let counts = new Map(); // of open findings, by part and level
const changes = new WeakMap(); // how a part differs from the base, by part

function count() {
  counts = new Map();
  let open = 0;
  const partAt = new Map(); // by hash
  for (const level of Object.keys(LEVELS)) {
    for (const link of findings.querySelectorAll(`.findings-${level} .finding:not(.answered) [data-find]`)) {
      // The first of like findings is shown twice.
      if (!link.closest(".like") && link.closest(".finding").querySelector(".like")) continue;
      if (!partAt.has(link.hash)) {
        const place = linked(link);
        partAt.set(link.hash, place?.matches(".section") ? place : form);
      }
      const part = partAt.get(link.hash);
      if (level !== "advice") open += 1;
      const of = counts.get(part) ?? {};
      counts.set(part, { ...of, [level]: (of[level] ?? 0) + 1 });
    }
  }
  document.getElementById("findings-count").textContent = open ? String(open) : "";
}

function compare(part) {
  const { base } = part.dataset;
  const now = String(checksum(fieldsOf(part).map((field) => field.value.trim()).join("\n")));
  changes.set(part, base === "" ? "new" : base !== undefined && base !== now ? "changed" : "");
}

// Each mark: its kind, what it shows, what it says.
function marksOf(part) {
  const found = [];
  if (part !== form && part.querySelector(".errornote")) found.push(["problem", "!", "has a problem"]);
  for (const [level, number] of Object.entries(counts.get(part) ?? {})) {
    found.push([level, number, LEVELS[level](number)]);
  }
  const change = changes.get(part);
  if (part.dataset.work) found.push(["work", "to do", part.dataset.work]);
  if (change) found.push([change, change, `${change} since the version that this is based on`]);
  return found;
}

function mark([kind, shown, words]) {
  const element = document.createElement("span");
  Object.assign(element, { className: `mark mark-${kind}`, title: words });
  const seen = Object.assign(document.createElement("span"), { textContent: shown, ariaHidden: true });
  const read = Object.assign(document.createElement("span"), { textContent: `, ${words}`, className: "visually-hidden" });
  element.append(seen, read);
  return element;
}

/** @type {PageElement} */
let current = form; // the part in which somebody writes
const shown = new WeakMap(); // what an entry shows, so that only what has changed is drawn again

// Unless most headings begin with numbers of their own, which another one before them would repeat.
const OWN_NUMBER = /^\s*[(§]?\s*\d/;
function isNumbered() {
  const own = [...list.children].filter((section) => OWN_NUMBER.test(fieldsOf(section)[0].value));
  return form.elements.numbering.value !== "none" && 2 * own.length < list.children.length;
}

function show() {
  const all = parts();
  for (const container of [nav, form]) container.classList.toggle("numbered", isNumbered());
  while (entries.children.length > all.length) entries.lastElementChild.remove();
  while (entries.children.length < all.length) entries.append(blank.cloneNode(true));
  all.forEach((part, index) => {
    const [field] = fieldsOf(part);
    if (!changes.has(part)) compare(part);
    const marks = marksOf(part);
    const entry = entries.children[index];
    const about = JSON.stringify([index, field.id, field.value, marks]);
    if (shown.get(entry) === about && shown.get(part) === about) return;
    shown.set(entry, about).set(part, about);
    const [link, number, heading] = entry.querySelectorAll("a, .outline-number, .outline-heading");
    link.href = `#${field.id}`;
    number.textContent = index ? `${index}.` : "";
    heading.textContent = index ? field.value || "No heading" : "Title and introduction";
    entry.draggable = index > 0;
    entry.querySelector(".marks").replaceChildren(...marks.map(mark));
    if (index) part.querySelector(".marks").replaceChildren(...marks.map(mark));
  });
  showCurrent(entries.children[Math.max(0, all.indexOf(current))]);
}

function showCurrent(entry) {
  const before = entries.querySelector("[aria-current]");
  if (before?.parentElement === entry) return;
  before?.removeAttribute("aria-current");
  entry.firstElementChild.ariaCurrent = "true";
  stopAt(entry);
}

let waiting = false;
function showSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; show(); });
}

form.addEventListener("input", (event) => compare(event.target.closest(".section") ?? form));
form.addEventListener(TEXT_CHANGED, showSoon);
form.addEventListener(SOURCE_SHOWN, showSoon);
form.addEventListener("focusin", (event) => {
  current = event.target.closest(".section") ?? form;
  showSoon();
});
new MutationObserver(() => { count(); showSoon(); }).observe(findings, { childList: true, subtree: true });

// --- What it does --------------------------------------------------------------------------------

// One stop of the Tab key; the arrows lead from entry to entry.
function stopAt(entry) {
  for (const link of entries.querySelectorAll("a")) link.tabIndex = link.parentElement === entry ? 0 : -1;
}

const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

entries.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...entries.children];
  const from = all.indexOf(event.target.closest("li"));
  const to = Math.max(0, Math.min(all.length - 1, from + step));
  const [link] = all[to].children;
  if (!event.altKey) {
    stopAt(all[to]);
    link.focus();
  } else if (Math.min(from, to) > 0 && Number.isFinite(step)) { // title and introduction are first
    stopAt(all[to]);
    move(partOf(all[from]), step < 0 ? "up" : "down", link);
  }
});

entries.addEventListener("click", (event) => {
  const entry = event.target.closest("li");
  if (!entry) return;
  event.preventDefault();
  const [first] = fieldsOf(partOf(entry));
  if (isNarrow.matches) folded.open = false;
  reveal(first);
  first.focus({ preventScroll: true });
  (first.closest(".section") ?? first).scrollIntoView();
});

sortable(entries, (entry, over, isAfter) => {
  const [section, other] = [partOf(entry), partOf(over)];
  if (other === form) put(section, list.firstElementChild, false, over.firstElementChild);
  else put(section, other, isAfter, over.firstElementChild);
});

nav.querySelector("#open-sections").addEventListener("click", (event) => {
  if (event.target.value) setAllOpen(event.target.value === "open");
});

// Beside the text it is open; above it, it would push the text out of the window.
const fold = () => { folded.open = !isNarrow.matches; };
isNarrow.addEventListener("change", fold);
fold();
count();
show();
