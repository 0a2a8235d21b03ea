// The list of places that a link can lead to: a combobox as in the ARIA Authoring Practices.

import { preview } from "./page.js";
import { clauseNumber, fitting, referred } from "./reference-words.js";

const MOST_SHOWN = 50;
const MOST_CHARACTERS = 100; // of a clause

const dialog = document.getElementById("picker");
const field = dialog.querySelector("input");
const options = dialog.querySelector("[role=listbox]");
const status = dialog.querySelector("[role=status]");

let found = []; // what is offered for the words that were typed
let current = 0;
let asked = {}; // what openPicker was given

// Asks for a place, beginning with what fits `query`. Then calls choose(words, href), or, if none
// was chosen, keep(typed): whoever typed "#" may have wanted no link. anchorElement: what then has
// the focus.
export async function openPicker({ query = "", ...wanted }) {
  asked = wanted;
  field.value = query;
  let all = places();
  field.oninput = () => show(all);
  show(all);
  dialog.showModal();
  all = [...all, ...await policies()];
  show(all);
}

function finish(place) {
  dialog.close();
  asked.anchorElement.focus();
  if (place) asked.choose(place.words, place.href);
  else if (field.value) asked.keep?.(field.value);
}

// --- The places ----------------------------------------------------------------------------------

const text = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";

// Headings and clauses, with the anchors that the preview has.
function places() {
  const root = preview.querySelector(".preview-host")?.shadowRoot;
  let section = "";
  return [...root?.querySelectorAll(":is(h2, h3, h4, h5, h6, .clause)[id]") ?? []].map((place) => {
    const number = text(place.querySelector(".number"));
    if (place.matches("h2")) section = number.replace(/\.$/, "");
    const isClause = place.matches(".clause");
    const words = isClause ? clauseNumber(labelsOf(place), section) : referred(text(place).slice(number.length).trim());
    return { words, href: `#${place.id}`, shown: ownText(place).slice(0, MOST_CHARACTERS), kind: isClause ? "Clause" : "Section" };
  });
}

// Without the clauses in it, which are offered themselves.
function ownText(element) {
  const own = element.cloneNode(true);
  for (const clause of own.querySelectorAll(".clause")) clause.remove();
  return text(own);
}

// Of a clause and of those around it, the outermost first.
function labelsOf(clause) {
  const labels = [];
  for (let around = clause; around; around = around.parentElement.closest(".clause")) {
    labels.unshift(text(around.querySelector(".label")));
  }
  return labels;
}

/** @type {Promise<{ policies: { name: string, path: string }[] }>?} */
let request = null;

async function policies() {
  request ??= fetch(dialog.dataset.policies).then((response) => response.json());
  try {
    return (await request).policies.map(({ name, path }) => ({ words: name, href: path, shown: name, kind: "Policy" }));
  } catch {
    request = null; // logged out, or the server is away
    return [];
  }
}

// --- The list ------------------------------------------------------------------------------------

function show(all) {
  found = fitting(all, field.value);
  options.replaceChildren(...found.slice(0, MOST_SHOWN).map(option));
  status.textContent = found.length > MOST_SHOWN ? `The first ${MOST_SHOWN} of ${found.length}. Type to find others.`
    : found.length ? `${found.length} to choose from` : "Nothing fits. Press Esc to go on writing.";
  aim(0);
}

function option({ shown, href, kind }, index) {
  const item = document.createElement("li");
  Object.assign(item, { id: `picker-option-${index}`, role: "option" });
  const about = Object.assign(document.createElement("span"), { className: "quiet", textContent: `${kind}, ${href}` });
  item.append(shown, " ", about);
  return item;
}

function aim(index) {
  const count = options.children.length;
  current = count ? (index + count) % count : 0;
  [...options.children].forEach((item, at) => { item.ariaSelected = String(at === current); });
  const item = options.children[current];
  if (item) field.setAttribute("aria-activedescendant", item.id);
  else field.removeAttribute("aria-activedescendant");
  item?.scrollIntoView({ block: "nearest" });
}

field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") aim(current + 1);
  else if (event.key === "ArrowUp") aim(current - 1);
  else if (event.key === "Enter" && found.length) finish(found[current]);
  else if (event.key === "Escape") finish();
  else if (event.key === " " && !field.value) { // it was no link that was wanted
    field.value = " ";
    finish();
  } else if (event.key !== "Enter") return;
  event.preventDefault();
});
options.addEventListener("click", (event) => {
  const item = event.target.closest("li");
  if (item) finish(found[[...options.children].indexOf(item)]);
});
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  finish();
});
