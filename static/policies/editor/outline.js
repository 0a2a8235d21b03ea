// The outline beside the text: every section with its marks; to jump to one, and to move it.

import { sortable } from "./dragging.js";
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
const entryOf = (part) => entries.children[parts().indexOf(part)];

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
  for (const level of Object.keys(LEVELS)) {
    for (const link of findings.querySelectorAll(`.findings-${level} .finding:not(.answered) [data-find]`)) {
      // The first of like findings is shown twice.
      if (!link.closest(".like") && link.closest(".finding").querySelector(".like")) continue;
      const place = linked(link);
      const part = place?.matches(".section") ? place : form;
      const of = counts.get(part) ?? {};
      counts.set(part, { ...of, [level]: (of[level] ?? 0) + 1 });
    }
  }
}

function compare(part) {
  const { base } = part.dataset;
  const now = String(checksum(fieldsOf(part).map((it) => it.value.trim()).join("\n")));
  changes.set(part, base === "" ? "new" : base !== undefined && base !== now ? "changed" : "");
}

// CRC-32, as policies/staff/editing.py has it of the base.
function checksum(text) {
  let sum = -1;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function marks(part) {
  const found = [];
  const problem = part !== form && part.querySelector(".errornote");
  if (problem) found.push(["problem", "!", "Has a problem"]);
  for (const [level, number] of Object.entries(counts.get(part) ?? {})) {
    found.push([level, number, LEVELS[level](number)]);
  }
  const change = changes.get(part);
  if (change) found.push([change, change, `${change} since the version that this is based on`]);
  return found.map(([kind, shown, words]) => {
    const mark = document.createElement("span");
    Object.assign(mark, { className: `mark mark-${kind}`, title: words });
    const seen = Object.assign(document.createElement("span"), { textContent: shown, ariaHidden: true });
    const read = Object.assign(document.createElement("span"), { textContent: `, ${words}`, className: "visually-hidden" });
    mark.append(seen, read);
    return mark;
  });
}

function show() {
  const current = document.activeElement.closest?.(".section") ?? form;
  while (entries.children.length > parts().length) entries.lastElementChild.remove();
  while (entries.children.length < parts().length) entries.append(blank.cloneNode(true));
  parts().forEach((part, index) => {
    const entry = entries.children[index];
    const [link, number, heading] = entry.querySelectorAll("a, .outline-number, .outline-heading");
    if (!changes.has(part)) compare(part);
    link.href = `#${fieldsOf(part)[0].id}`;
    number.textContent = index ? `${index}.` : "";
    heading.textContent = index ? fieldsOf(part)[0].value || "No heading" : "Title and introduction";
    entry.draggable = index > 0;
    link.ariaCurrent = part === current ? "true" : null;
    entry.querySelector(".marks").replaceChildren(...marks(part));
    if (index) part.querySelector(".marks").replaceChildren(...marks(part));
  });
  stopAt(entryOf(current) ?? entries.firstElementChild);
}

let waiting = false;
function showSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; show(); });
}

form.addEventListener("input", (event) => compare(event.target.closest(".section") ?? form));
form.addEventListener("text-changed", showSoon);
form.addEventListener("focusin", showSoon);
new MutationObserver(() => { count(); showSoon(); }).observe(findings, { childList: true, subtree: true });

// --- What it does --------------------------------------------------------------------------------

// One stop of the Tab key; the arrows lead from entry to entry.
function stopAt(entry) {
  for (const link of entries.querySelectorAll("a")) link.tabIndex = link.parentElement === entry ? 0 : -1;
}

const ARROWS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

entries.addEventListener("keydown", (event) => {
  const entry = event.target.closest("li");
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const all = [...entries.children];
  const index = all.indexOf(entry);
  const to = Math.max(0, Math.min(all.length - 1, index + ARROWS[event.key]));
  if (!event.altKey) {
    stopAt(all[to]);
    all[to].firstElementChild.focus();
  } else if (index > 0 && to > 0) {
    move(partOf(entry), event.key === "ArrowUp" ? "up" : "down", all[to].firstElementChild);
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

nav.querySelector(".outline-tools").addEventListener("click", (event) => {
  if (event.target.value) setAllOpen(event.target.value === "open");
});

folded.open = !isNarrow.matches;
count();
show();
