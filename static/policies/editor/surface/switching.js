// "Formatted | Markdown": how this person writes, remembered in this browser.

import { PREVIEWED, TEXT_REPLACED } from "../events.js";
import { form } from "../page.js";
import { close, open, surfaceOf } from "./surface.js";
import { isOn, turn } from "./typography.js";

const MODE = "editor-mode";
const FORMATTED = "formatted";
const MODES = [[FORMATTED, "Formatted"], ["markdown", "Markdown"]];

let mode = FORMATTED;
try {
  mode = localStorage.getItem(MODE) ?? mode;
} catch {
  // The browser keeps nothing, so each page begins anew.
}

const group = document.createElement("div");
group.className = "mode";
group.setAttribute("role", "group");
group.setAttribute("aria-label", "How the text is edited");
group.append(...MODES.map(([value, words]) => {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: words, value });
  button.addEventListener("click", () => choose(value));
  return button;
}));

const areas = () => [...form.querySelectorAll("textarea[name=introduction], textarea[name=body]")];

// A text area that is near the window gets its surface; sixty sections don't get sixty at once.
const nearby = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) show(target);
}, { rootMargin: "400px" });

function show(area) {
  if (mode === FORMATTED && !surfaceOf(area)) open(area);
}

function choose(value) {
  mode = value;
  try {
    localStorage.setItem(MODE, mode);
  } catch {
    // It is as chosen until the page is left.
  }
  for (const button of group.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === mode));
  form.classList.toggle("is-formatted", mode === FORMATTED);
  for (const note of form.querySelectorAll(".surface-note")) note.remove();
  for (const area of areas()) {
    if (mode !== FORMATTED) close(area);
    watch(area);
  }
}

function watch(area) {
  nearby.unobserve(area);
  nearby.observe(area);
}

// A text that was too long for a surface may have become shorter.
form.addEventListener(TEXT_REPLACED, ({ target }) => { if (areas().includes(target)) watch(target); });

// While the server is away, a text is shown as Markdown.
function showAgain() {
  for (const note of form.querySelectorAll(".surface-note.is-away")) watch(note.previousElementSibling);
}
window.addEventListener("online", showAgain);
form.addEventListener(PREVIEWED, showAgain); // so it answers

// A section that was added is a copy of another one, with a surface that is nobody's.
new MutationObserver((records) => {
  for (const section of records.flatMap(({ addedNodes }) => [...addedNodes])) {
    const area = section.querySelector?.("textarea[name=body]");
    if (!area || surfaceOf(area)) continue;
    for (const copied of section.querySelectorAll(".surface, .surface-note")) copied.remove();
    area.hidden = false;
    watch(area);
  }
}).observe(form.querySelector(".sections"), { childList: true });

const typography = document.getElementById("typography");
typography.checked = isOn;
typography.addEventListener("change", () => turn(typography.checked));

form.querySelector(".editor-tools").append(group);
choose(mode);
