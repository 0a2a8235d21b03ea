// Adding, moving and removing sections without loading the page.

import { announce, changed, form, list, offer, preview, status } from "./page.js";
import { refresh } from "./preview.js";

export function renumber() {
  [...list.children].forEach((section, index) => {
    const number = index + 1;
    section.querySelectorAll(".section-number").forEach((it) => { it.textContent = number; });
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
  section.querySelectorAll("input, textarea").forEach((field) => { field.value = ""; });
  section.querySelectorAll(".errornote").forEach((note) => note.remove());
  section.querySelector("textarea").textContent = "";
  section.querySelector("summary").textContent = "The link is made from the heading";
  const [heading, body] = [section.querySelector("[name=heading]"), section.querySelector("[name=body]")];
  section.querySelector(`label[for="${heading.id}"]`).htmlFor = heading.id = `heading-${number}`;
  section.querySelector(`label[for="${body.id}"]`).htmlFor = body.id = `body-${number}`;
  section.querySelector("markdown-toolbar").setAttribute("for", body.id);
  heading.removeAttribute("aria-invalid");
  heading.removeAttribute("aria-describedby");
  return section;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=do]");
  if (!button) return;
  const [order] = button.value.split(":");
  const section = button.closest(".section");
  if (order === "add") {
    event.preventDefault();
    list.append(fresh());
    renumber();
    list.lastElementChild.querySelector("input").focus();
  } else if (order === "up" && section.previousElementSibling) {
    event.preventDefault();
    section.previousElementSibling.before(section);
    moved(section, button);
  } else if (order === "down" && section.nextElementSibling) {
    event.preventDefault();
    section.nextElementSibling.after(section);
    moved(section, button);
  } else if (order === "up" || order === "down") {
    event.preventDefault();
  } else if (order === "remove" && list.children.length > 1) {
    event.preventDefault();
    removed(section);
  } else if (order === "preview") {
    event.preventDefault();
    refresh();
    preview.focus();
  }
});

function moved(section, button) {
  renumber();
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
    section.querySelector("input").focus();
  });
  undo.focus();
}

// By mouse, at the handle.
let dragged = null;
list.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".section-handle");
  if (handle) handle.closest(".section").draggable = true;
});
list.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".section");
  dragged?.classList.add("dragged");
});
list.addEventListener("dragover", (event) => {
  const over = event.target.closest(".section");
  if (!dragged || !over) return;
  event.preventDefault();
  list.querySelectorAll(".drop-before").forEach((it) => it.classList.remove("drop-before"));
  if (over !== dragged) over.classList.add("drop-before");
});
list.addEventListener("drop", (event) => {
  const over = event.target.closest(".section");
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  if (event.clientY > box.top + box.height / 2) over.after(dragged);
  else over.before(dragged);
  moved(dragged, dragged.querySelector("button[value^=up]"));
});
list.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  if (dragged) dragged.draggable = false;
  list.querySelectorAll(".drop-before").forEach((it) => it.classList.remove("drop-before"));
  dragged = null;
});
