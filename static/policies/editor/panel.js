// What is beside the text: one part at a time in the column, the source in rows, or nothing; this browser
// remembers which.

import { PANEL_SHOWN, notify } from "./events.js";
import { form } from "./page.js";

const column = document.querySelector(".beside");
const openers = new Map([...form.querySelectorAll("[data-panel]")].map((opener) => [opener.dataset.panel, opener]));

const isNarrow = matchMedia("(max-width: 63.99em)");

const PANEL = "editor-panel";

export const SOURCE = "source"; // rows.js shows it, not the column

const partOf = (name) => document.getElementById(name)?.closest(".beside > section");

// name: of a part, as its opener has it; "" for none.
export function show(name) {
  for (const [each, opener] of openers) {
    if (each !== SOURCE) partOf(each).hidden = each !== name;
    opener.ariaExpanded = String(each === name);
  }
  column.hidden = !name || name === SOURCE;
  form.parentElement.classList.toggle("has-panel", !column.hidden);
  notify(form, PANEL_SHOWN, name);
}

function choose(name) {
  show(name);
  try {
    localStorage.setItem(PANEL, name);
  } catch {
    // It is shown until the page is left.
  }
}

function remembered() {
  try {
    return localStorage.getItem(PANEL);
  } catch {
    return null;
  }
}

form.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-panel]");
  if (!opener) return;
  event.preventDefault();
  choose(opener.ariaExpanded === "true" ? "" : opener.dataset.panel);
  // By keyboard, the whole text would be between the opener and what it has opened.
  if (event.detail === 0 && opener.ariaExpanded === "true") enter(opener.dataset.panel);
});

function enter(name) {
  const heading = partOf(name)?.querySelector("h2");
  if (!heading) return; // the source is in the text
  heading.tabIndex = -1;
  heading.focus();
}

const opened = () => [...openers.values()].find((opener) => opener.ariaExpanded === "true");

column.addEventListener("keydown", (event) => {
  if (event.key === "Escape") opened()?.focus();
});
column.querySelector(".close-panel").addEventListener("click", () => {
  const opener = opened();
  choose("");
  opener?.focus();
});

// A narrow window shows either the text or a part beside it.
export function makeWay() {
  if (isNarrow.matches && !column.hidden) show("");
}

// Shows the part that holds what a link or the page's address leads to.
export function reveal(element) {
  const part = element?.closest(".beside > section");
  const [name] = [...openers.keys()].filter((each) => part && partOf(each) === part);
  if (name && part.hidden) show(name);
}

export function begin() {
  const asked = column.querySelector("#changes:not([hidden])") && "changes";
  const before = isNarrow.matches ? "" : remembered();
  const first = ["source", "comments"].find((name) => openers.has(name)) ?? "";
  show(asked || (before === "" || openers.has(before ?? "") ? before ?? "" : first));
  reveal(column.querySelector(":target"));
}
