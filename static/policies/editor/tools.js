// The toolbar above the text belongs to the part of it in which somebody writes.

import { form } from "./page.js";

const place = form.querySelector(".editor-tools");
const element = place.querySelector("markdown-toolbar");
const forMarkdown = { element, focus: () => document.getElementById(element.getAttribute("for")).focus() };
const ofSurface = new WeakMap(); // by the box of a surface
let shown = forMarkdown;
let hadCaret = false;

function show(tools) {
  if (tools === shown) return;
  shown.element.remove();
  place.prepend(tools.element);
  shown = tools;
}

// tools: the toolbar of a surface, and what gives the focus to its text.
export function provide(box, tools) {
  ofSurface.set(box, tools);
  if (!hadCaret) show(tools); // of the first part of the text
  hadCaret = true;
}

export function withdraw(box) {
  if (ofSurface.get(box) === shown) show(forMarkdown);
}

form.addEventListener("focusin", ({ target }) => {
  const tools = ofSurface.get(target.closest(".surface"));
  const isMarkdown = target.matches("textarea[name=introduction], textarea[name=body]");
  if (isMarkdown) element.setAttribute("for", target.id);
  if (!tools && !isMarkdown) return;
  show(tools ?? forMarkdown);
  hadCaret = true;
});

// As in other editors: to the toolbar, and back to the text.
form.addEventListener("keydown", (event) => {
  if (event.altKey && event.key === "F10") (shown.element.querySelector("[tabindex='0']") ?? shown.element).focus();
  else if (event.key === "Escape" && place.contains(event.target)) shown.focus();
  else return;
  event.preventDefault();
});
