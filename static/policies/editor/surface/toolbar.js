// The buttons above a surface: a toolbar as in the ARIA Authoring Practices, one stop for Tab.

import {
  addColumnAfter, addRowAfter, deleteColumn, deleteRow, isInTable, selectedRect, setBlockType,
} from "../../../vendor/prosemirror/index.js";
import { redo, undo } from "../history.js";
import { announce } from "../page.js";
import { bold, indent, isActive, isIn, italic, list, outdent, quotation, table } from "./commands.js";
import { itemAt, setLabel } from "./labels.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;
const inItem = (state) => Boolean(itemAt(state));
// A command for where links and notes can be.
const inWords = (act) => ({ selection: { $from: { parent } } }, dispatch) => {
  const can = parent.inlineContent && !parent.type.spec.code;
  if (can && dispatch) act();
  return can;
};
// A command for what the whole text has.
const ofText = (act) => (_, dispatch) => {
  if (dispatch) act();
  return true;
};
// The first row of a table is its header, which stays.
const deleteOtherRow = (state, dispatch) => isInTable(state) && selectedRect(state).top > 0 && deleteRow(state, dispatch);
const isList = (type, sign) => (state) => {
  const inside = itemAt(state)?.list;
  return inside?.type === type && (!sign || sign.test(inside.firstChild.attrs.label));
};

const isOutsideTable = (state) => !isInTable(state);

// Each: its words, what they stand for, command, whether it is pressed, when it is shown.
const buttons = ({ openLink, ask, footnote }) => [
  ["B", "Bold", bold, (state) => isActive(state, marks.strong)],
  ["I", "Italic", italic, (state) => isActive(state, marks.em)],
  ["Link", "", openLink, (state) => isActive(state, marks.link)],
  ["Reference", "Link to a section, clause or policy", inWords(ask)],
  ["• List", "Bulleted list", list(null), isList(nodes.bullet_list), isOutsideTable],
  ["1. List", "Numbered list", list("1."), isList(nodes.ordered_list, /\d/), isOutsideTable],
  ["(a) List", "Lettered list", list("(a)"), isList(nodes.ordered_list, /[a-z]/i), isOutsideTable],
  ["Move in", "", indent, null, inItem],
  ["Move out", "", outdent, null, inItem],
  ["Quote", "Quotation", quotation, (state) => isIn(state, "quotation"), isOutsideTable],
  ["Footnote", "", inWords(footnote)],
  ["Table", "", table, null, isOutsideTable],
  ["Add row", "", addRowAfter, null, isInTable],
  ["Add column", "", addColumnAfter, null, isInTable],
  ["Delete row", "", deleteOtherRow, null, isInTable],
  ["Delete column", "", deleteColumn, null, isInTable],
  ["Undo", "", ofText(undo)],
  ["Redo", "", ofText(redo)],
];
const STYLES = [{ name: "Text", type: nodes.paragraph }];
for (let level = 3; level <= 6; level += 1) STYLES.push({ name: `Heading ${level - 2}`, type: nodes.heading, attributes: { level } });

// actions: openLink, a command, and what asks for a reference and inserts a footnote.
export function toolbar(view, actions) {
  const element = document.createElement("div");
  element.className = "surface-tools";
  const bar = document.createElement("div");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Formatting");
  const style = styles(view);
  const made = buttons(actions).map((about) => button(view, ...about));
  bar.append(style.element, ...made.map((part) => part.element));
  const label = labelField(view);
  element.append(bar, label.element);
  const parts = [style, label, ...made];
  const update = (state) => {
    for (const part of parts) part.update(state);
  };
  update(view.state);
  roving(bar);
  return { element, update };
}

function button(view, words, title, command, isPressed, isShown) {
  const element = document.createElement("button");
  Object.assign(element, { type: "button", textContent: words, title });
  if (words.length === 1) element.ariaLabel = title;
  element.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps the focus
  element.addEventListener("click", () => {
    if (element.getAttribute("aria-disabled") === "true") return;
    command(view.state, view.dispatch, view);
    if (!document.querySelector("dialog[open]") && !view.dom.contains(document.activeElement)) view.focus();
  });
  return {
    element,
    update(state) {
      if (isShown) element.hidden = !isShown(state);
      element.setAttribute("aria-disabled", String(!command(state)));
      if (isPressed) element.setAttribute("aria-pressed", String(isPressed(state)));
    },
  };
}

// Whether a paragraph is text or a heading.
function styles(view) {
  const element = document.createElement("select");
  element.setAttribute("aria-label", "Style");
  element.append(...STYLES.map(({ name }, at) => new Option(name, String(at))));
  element.addEventListener("change", () => {
    const { type, attributes } = STYLES[element.selectedIndex];
    setBlockType(type, attributes)(view.state, view.dispatch);
    view.focus();
  });
  return {
    element,
    update({ selection: { $from: { parent } } }) {
      element.selectedIndex = parent.type === nodes.heading ? Math.max(parent.attrs.level - 2, 1) : 0;
      element.disabled = ![nodes.paragraph, nodes.heading].includes(parent.type);
    },
  };
}

// The label of the item with the caret, such as (a).
function labelField(view) {
  const element = document.createElement("label");
  const field = document.createElement("input");
  Object.assign(field, { size: 5, maxLength: 20, autocomplete: "off", spellcheck: false });
  element.append("Number ", field);
  field.addEventListener("change", () => {
    if (setLabel(field.value.trim())(view.state, view.dispatch)) return;
    announce(`“${field.value}” is no label. Write one such as (a), iv. or 2.1.`);
    field.value = itemAt(view.state)?.item.attrs.label ?? "";
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // or the form would be saved
    field.blur();
    view.focus();
  });
  field.addEventListener("input", (event) => event.stopPropagation());
  return {
    element,
    update(state) {
      const label = itemAt(state)?.item.attrs.label;
      element.hidden = !label;
      if (document.activeElement !== field) field.value = label ?? "";
    },
  };
}

function roving(bar) {
  const all = () => [...bar.children].filter(({ hidden, disabled }) => !hidden && !disabled);
  const aim = (target) => {
    for (const control of bar.children) control.tabIndex = control === target ? 0 : -1;
  };
  aim(all()[0]);
  bar.addEventListener("focusin", (event) => aim(event.target));
  bar.addEventListener("keydown", (event) => {
    const shown = all();
    const at = shown.indexOf(event.target);
    const step = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const next = { ArrowRight: at + step, ArrowLeft: at - step, Home: 0, End: shown.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    shown[(next + shown.length) % shown.length].focus();
  });
}
