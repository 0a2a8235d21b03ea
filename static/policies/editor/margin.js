// Findings as marks where they are in the text. Without formatting, the outline and the list have them.

import { FOUND, PREVIEWED, SURFACE_OPENED, notify } from "./events.js";
import { locate } from "./locating.js";
import { findings, form } from "./page.js";
import { reveal } from "./panel.js";
import { linked } from "./selecting.js";

const LEVELS = ["blocks", "acknowledge", "advice"]; // the most important first
const MOST = 100; // marks: the whole section is searched for the words of each

const linksOf = (level) => [...findings.querySelectorAll(`.findings-${level} .finding:not(.answered) a[data-find]`)]
  .filter((link) => link.closest(".like") || !link.closest(".finding").querySelector(".like")) // it would be twice
  .map((link) => ({ link, level }));

// The findings that are open, by the text area in which their words are.
function found() {
  const byArea = new Map();
  for (const { link, level } of LEVELS.flatMap(linksOf).slice(0, MOST)) {
    const place = linked(link);
    const area = place?.matches(".section") ? place.querySelector("[name=body]") : place;
    const range = area?.matches("textarea") && locate(area.value, link.dataset.find);
    if (!range) continue;
    if (!byArea.has(area)) byArea.set(area, []);
    byArea.get(area).push(about(link, level, range[0], range[1]));
  }
  return byArea;
}

/** @returns {import("./events.js").Found} */
function about(link, level, start, end) {
  const finding = link.closest(".finding");
  const reason = finding.querySelector(":scope > p:nth-of-type(2)");
  const open = () => {
    reveal(link);
    finding.scrollIntoView({ block: "nearest" });
    link.focus();
  };
  return { start, end, level, words: reason?.textContent.trim() ?? "", open };
}

function show() {
  const byArea = found();
  for (const area of form.querySelectorAll("textarea[name]")) notify(area, FOUND, byArea.get(area) ?? []);
}

let timer = 0;
function showSoon() {
  clearTimeout(timer);
  timer = setTimeout(show);
}

form.addEventListener(PREVIEWED, showSoon);
form.addEventListener(SURFACE_OPENED, showSoon);
new MutationObserver(showSoon).observe(findings, { childList: true, subtree: true });
