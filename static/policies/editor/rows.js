// A translation in rows: each part of the source beside the part that translates it, as the page of both
// side by side has them.

import { PANEL_SHOWN, SOURCE_SHOWN, TEXT_SAVED, notify } from "./events.js";
import { announce, form, list } from "./page.js";
import { SOURCE } from "./panel.js";
import { addAfter } from "./sections.js";

const introduction = form.elements.introduction.parentElement;
let isShown = false;

form.addEventListener(PANEL_SHOWN, ({ detail }) => {
  isShown = detail === SOURCE;
  form.classList.toggle("in-rows", isShown);
  if (isShown) load();
});
// What the translation lacks is another thing now.
form.addEventListener(TEXT_SAVED, () => { if (isShown) load(); });

async function load() {
  try {
    const response = await fetch(form.querySelector(`[data-panel=${SOURCE}]`).href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !page.querySelector(".side-by-side")) throw new Error();
    place(page);
  } catch {
    announce("The source can’t be shown now. Press “Source” to try again.");
  }
}

function place(page) {
  for (const row of form.querySelectorAll(".source-row")) row.remove();
  for (const part of [form, ...list.children]) part.dataset.work = "";
  introduction.before(title(page));
  let container = introduction;
  for (const pair of page.querySelectorAll("section.pair")) {
    const own = partOf(pair.dataset);
    if (own) {
      container = own === form ? introduction : own.querySelector(".section-body");
      own.dataset.work = pair.dataset.work;
      container.prepend(row(pair));
    } else if (pair.dataset.source) {
      container.append(missing(pair, container));
    }
  }
  notify(form, SOURCE_SHOWN);
}

// The part of the form that translates the source's part; nothing if there is none.
function partOf({ kind, own }) {
  if (kind === "introduction") return form;
  return kind === "section" && [...list.children].find((section) => own && section.querySelector("[name=anchor]").value === own);
}

function title(page) {
  const made = element("div", "source-row source-title");
  made.append(...page.querySelectorAll(".pair-heads > :first-child, .pair > .pair-title:first-child"));
  return made;
}

function row(pair) {
  const made = element("div", "source-row");
  const work = pair.querySelector(".pair-work");
  if (work) made.append(work);
  const [template] = pair.querySelectorAll("template");
  if (template) {
    const text = element("div", "source-text");
    // In a shadow tree, so that the ids of the two texts can't collide.
    text.attachShadow({ mode: "open" }).append(document.importNode(template.content, true));
    made.append(text);
  }
  return made;
}

function missing(pair, container) {
  const made = row(pair);
  made.classList.add("source-missing");
  if (pair.dataset.kind !== "section") return made;
  const button = Object.assign(element("button", "button"), { type: "button", textContent: "Add this section here" });
  button.addEventListener("click", () => {
    const section = addAfter(container.closest(".section"));
    button.remove();
    made.classList.remove("source-missing");
    section.querySelector(".section-body").prepend(made);
  });
  made.append(button);
  return made;
}

function element(name, className) {
  return Object.assign(document.createElement(name), { className });
}
