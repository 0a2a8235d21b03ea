// Adding, moving and removing sections without loading the page.

import { sortable } from "./dragging.js";
import { reveal } from "./folding.js";
import { announce, changed, form, list, offer, status } from "./page.js";

export function renumber() {
  [...list.children].forEach((section, index) => {
    const number = String(index + 1);
    for (const shown of section.querySelectorAll(".section-number")) shown.textContent = number;
    for (const named of section.querySelectorAll(".section-head > [aria-label]")) {
      named.ariaLabel = (named.ariaLabel ?? "").replace(/\d+$/, number);
    }
    for (const button of section.querySelectorAll("button[value]")) {
      button.value = button.value.replace(/\d+$/, number);
    }
  });
}

let made = 0;

export function fresh() {
  const section = list.lastElementChild.cloneNode(true);
  const number = `new-${++made}`;
  section.id = `at-${number}`;
  section.dataset.base &&= "";
  section.dataset.work = "";
  for (const field of section.querySelectorAll("input, textarea")) field.value = "";
  for (const note of section.querySelectorAll(".errornote, .source-row")) note.remove();
  section.querySelector("textarea").textContent = "";
  section.querySelector(".section-more").popoverTargetElement = Object.assign(section.querySelector(".section-menu"), { id: `menu-${number}` });
  const [heading, body] = [section.querySelector("[name=heading]"), section.querySelector("[name=body]")];
  section.querySelector(".section-menu").setAttribute("aria-labelledby", `heading-${number}`);
  heading.id = `heading-${number}`;
  section.querySelector(`label[for="${body.id}"]`).htmlFor = body.id = `body-${number}`;
  heading.removeAttribute("aria-invalid");
  heading.removeAttribute("aria-describedby");
  reveal(section);
  return section;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=do]");
  if (!button) return;
  const [order] = button.value.split(":");
  const section = button.closest(".section");
  if (order === "add") {
    event.preventDefault();
    addAfter(list.lastElementChild);
  } else if (order === "up" || order === "down") {
    event.preventDefault();
    move(section, order, button);
  } else if (order === "remove" && list.children.length > 1) {
    event.preventDefault();
    removed(section);
  }
});

// Adds a section without words after another one; null: before all. Returns it.
export function addAfter(other) {
  const section = fresh();
  if (other) other.after(section);
  else list.prepend(section);
  renumber();
  section.querySelector("input").focus();
  return section;
}

// order: "up" or "down". button: what has the focus then, since moving takes it away.
export function move(section, order, button) {
  const other = order === "up" ? section.previousElementSibling : section.nextElementSibling;
  if (other) put(section, other, order === "down", button);
}

export function put(section, other, isAfter, button) {
  if (isAfter) other.after(section);
  else other.before(section);
  renumber();
  // Moving has closed its menu.
  button.closest("[popover]")?.showPopover({ source: section.querySelector(".section-more") });
  button.focus();
  announce(`Moved to position ${[...list.children].indexOf(section) + 1} of ${list.children.length}.`);
  changed();
}

function removed(section) {
  const place = section.nextElementSibling;
  const heading = section.querySelector("[name=heading]").value || "without a heading";
  section.remove();
  renumber();
  changed();
  status.textContent = "";
  announce(`Removed the section “${heading}”. `);
  const undo = offer(`Restore “${heading}”`, () => {
    list.insertBefore(section, place?.isConnected ? place : null);
    renumber();
    changed();
    announce("");
    reveal(section);
    section.querySelector("input").focus();
  });
  undo.focus();
}

// By mouse, at the handle.
list.addEventListener("pointerdown", (event) => {
  for (const section of list.children) section.draggable = false;
  const handle = event.target.closest(".section-handle");
  if (handle) handle.closest(".section").draggable = true;
});
sortable(list, (section, other, isAfter) => {
  put(section, other, isAfter, section.querySelector(".section-toggle"));
});
