// The formatted surface over one text area, which stays the field of the form: every change is
// written into it, and what else changes it notifies it (events.js).

import {
  closeHistory, EditorState, EditorView, Fragment, gapCursor, history, Selection, Slice, redo, tableEditing, TextSelection,
  undo, undoDepth, undoInputRule,
} from "../../../vendor/prosemirror/index.js";
import { COMPARE_WITH, FOUND, REFERENCE_WANTED, SELECT_RANGE, SURFACE_OPENED, TEXT_REPLACED, notify } from "../events.js";
import { reveal } from "../folding.js";
import { AGAIN, record } from "../history.js";
import { provide, withdraw } from "../tools.js";
import { labels as labelsInUse } from "../writing.js";
import { keys, typing } from "./commands.js";
import { found, showFindings } from "./found.js";
import { labels } from "./labels.js";
import { openLink } from "./link.js";
import { compareWith, marks } from "./marks.js";
import { MarkdownBlock } from "./markdown-block.js";
import { paste, placing, put } from "./pasting.js";
import { read } from "./reading.js";
import { schema } from "./schema.js";
import { toolbar } from "./toolbar.js";
import { markdown, pieces, remember } from "./writing.js";

const surfaces = new WeakMap(); // by text area

export const surfaceOf = (area) => surfaces.get(area);

// The page's scroll-padding, which ProseMirror doesn't know: so that the bar covers no caret.
const around = {
  get top() {
    return parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 5;
  },
  right: 5, bottom: 5, left: 5,
};

function documentOf(blocks) {
  const nodes = blocks.map(({ node }) => node);
  return schema.nodes.doc.create(null, nodes.length ? nodes : [schema.nodes.paragraph.create()]);
}

class Surface {
  constructor(area, opened) {
    this.area = area;
    this.box = document.createElement("div");
    this.box.className = "surface";
    area.after(this.box);
    this.view = new EditorView({ mount: this.box.appendChild(document.createElement("div")) }, {
      state: EditorState.create({ doc: this.read(opened), plugins: this.plugins() }),
      dispatchTransaction: (tr) => this.dispatch(tr),
      scrollMargin: around,
      scrollThreshold: around,
      attributes: () => ({
        role: "textbox", "aria-multiline": "true", "aria-labelledby": label(area), class: "surface-text",
        "aria-description": "In lists and tables, press Escape and then Tab to leave the text.",
        "aria-placeholder": area.placeholder, ...(area.lang && { lang: area.lang }), ...(area.dir && { dir: area.dir }), spellcheck: "true",
      }),
      nodeViews: { markdown: (node, view, getPos) => new MarkdownBlock(node, view, getPos) },
      // Before ProseMirror reads what was pasted, of which the browser would refuse and report styles.
      handleDOMEvents: { paste: (_, event) => paste(this, event) },
      handleTextInput: (_view, from, _to, text) => this.typed(text, from),
      handleClick: (_view, _pos, event) => { if (event.target instanceof Element && event.target.closest("a")) event.preventDefault(); },
    });
    this.toolbar = toolbar(this.view, { openLink, ask: () => this.ask(), footnote: () => this.footnote() });
    provide(this.box, { element: this.toolbar.element, focus: () => this.view.focus() });
    this.written = area.value;
    area.hidden = true;
  }

  plugins() {
    return [typing(this.area.lang), ...keys(openLink), history(), labels, marks, found, placing, tableEditing(), gapCursor()];
  }

  // Returns the document of what was read from Markdown.
  read(opened) {
    this.opened = opened;
    for (const block of opened.blocks) remember(block.node, block);
    return documentOf(opened.blocks);
  }

  dispatch(tr) {
    const isLate = tr.docChanged && this.isReading && !tr.getMeta("read"); // of a text that is gone
    const steps = undoDepth(this.view.state);
    this.view.updateState(isLate ? this.view.state : this.view.state.apply(tr));
    this.toolbar.update(this.view.state);
    if (undoDepth(this.view.state) > steps) record({ undo: () => this.undo(), redo: () => this.step(redo) });
    if (isLate || !tr.docChanged || tr.getMeta("read")) return;
    this.written = markdown(this.view.state.doc, this.opened);
    if (this.written === this.area.value) return;
    this.area.value = this.written;
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Undoes first what was made of the signs that were typed last.
  undo() {
    return undoInputRule(this.view.state, this.view.dispatch) ? AGAIN : this.step(undo);
  }

  // Returns whether there was anything to do: not once another surface has taken the place of this one.
  step(command) {
    if (surfaces.get(this.area) !== this || !this.area.isConnected) return false;
    reveal(this.area);
    this.view.focus();
    return command(this.view.state, this.view.dispatch);
  }

  // Others have changed the text area: one step, which can be undone.
  async refresh(isStep) {
    const text = this.area.value;
    this.isReading = text !== this.written;
    if (!this.isReading) return;
    const opened = await read(text);
    if (this.area.value !== text) return; // it was replaced again
    this.isReading = false;
    const doc = this.read(opened);
    this.written = text;
    const { state } = this.view;
    this.view.dispatch(closeHistory(state.tr).replaceWith(0, state.doc.content.size, doc.content).setMeta("read", true).setMeta("addToHistory", !isStep));
  }

  // Marks what differs from a text; null: marks nothing.
  async compareWith(text) {
    if (text === null) return compareWith(this.view, null);
    const { blocks } = await read(text);
    for (const { node, source } of blocks) remember(node, { source });
    return compareWith(this.view, documentOf(blocks));
  }

  // Inserts Markdown in place of the selection. Returns whether it could be read.
  async insert(text) {
    const { blocks } = await read(text);
    for (const { node, source } of blocks) remember(node, { source });
    const nodes = blocks.map((block) => block.node);
    const isInline = nodes.length === 1 && nodes[0].type.name === "paragraph";
    const slice = isInline ? new Slice(nodes[0].content, 0, 0) : new Slice(Fragment.from(nodes), 0, 0);
    const tr = closeHistory(this.view.state.tr);
    this.view.dispatch(((!isInline && put(tr, slice)) || tr.replaceSelection(slice)).scrollIntoView());
  }

  /** Asks for a place in this text, or for a policy, to link to in place of a range.
   * @param {{ from: number, to: number }} range
   * @param {Function?} keep */
  ask({ from, to } = this.view.state.selection, keep = null) {
    const chosen = this.view.state.doc.textBetween(from, to);
    const choose = (words, href) => {
      const text = schema.text(keep || !chosen ? words : chosen, [schema.marks.link.create({ href })]);
      this.view.dispatch(this.view.state.tr.replaceWith(from, to, text));
    };
    notify(this.area, REFERENCE_WANTED, { element: this.view.dom, choose, keep });
  }

  // "#" behind a word or a bracket asks, too; at the beginning of a line it makes a heading.
  typed(text, from) {
    const { parent, parentOffset } = this.view.state.doc.resolve(from);
    const before = parent.textBetween(0, parentOffset, " ", " ");
    if (text !== "#" || !/\S\s+$|\($/.test(before) || !parent.type.allowsMarkType(schema.marks.link)) return false;
    this.view.dispatch(this.view.state.tr.insertText(text));
    const keep = (typed) => typed && this.view.dispatch(this.view.state.tr.insertText(typed));
    this.ask({ from, to: from + 1 }, keep);
    return true;
  }

  // Inserts a footnote at the caret; its words are written at the end of this text.
  footnote() {
    const used = labelsInUse();
    let label = 1;
    while (used.includes(String(label))) label += 1;
    const { tr } = this.view.state;
    tr.insert(tr.selection.to, schema.nodes.footnote.create({ label: String(label) }));
    tr.insert(tr.doc.content.size, schema.nodes.note.create({ label: String(label) }, schema.nodes.paragraph.create()));
    this.view.dispatch(tr.setSelection(Selection.atEnd(tr.doc)).scrollIntoView());
    this.view.focus();
  }

  // Returns where the words of the text area from start to end are shown. pos: of their block; range:
  // theirs, if they are found; near: a place in the document near their beginning.
  placeOf(start, end) {
    const { doc } = this.view.state;
    let at = 0;
    const { all } = pieces(doc, this.opened);
    const piece = all.find(({ gap, text }) => {
      at += gap.length + text.length;
      return at >= start;
    });
    const pos = piece?.pos ?? 0;
    const words = shown(this.area.value.slice(start, end));
    const before = shown(this.area.value.slice(at - (piece?.text.length ?? 0), start));
    const range = words ? wordsIn(doc, pos, words, before.split(words).length - 1) : undefined;
    // As in `caret`: a place in a block counts the same in the document and in the text.
    const near = Math.min(pos + 1 + Math.max(0, start - at + (piece?.text.length ?? 0)), doc.content.size);
    return { pos, range, near };
  }

  // Marks these findings and no others: a list of Found, as events.js has them.
  showFindings(findings) {
    showFindings(this.view, findings.map((finding) => ({ ...finding, ...this.placeOf(finding.start, finding.end) })));
  }

  // Selects the words of the text area from start to end where they are shown, or goes before them.
  select({ start, end = start, isCaret = false }) {
    const { doc, tr } = this.view.state;
    const { range, near } = this.placeOf(start, end);
    tr.setSelection(range ? TextSelection.create(doc, range[0], range[isCaret ? 0 : 1]) : Selection.near(doc.resolve(near)));
    this.view.focus();
    this.view.dispatch(tr.scrollIntoView());
  }

  // The place of the caret in the text area, as `select` takes it.
  get caret() {
    const { doc, selection: { from } } = this.view.state;
    let at = 0, caret = 0;
    for (const { gap, text, pos } of pieces(doc, this.opened).all) {
      if (pos <= from) caret = at + gap.length + Math.min(Math.max(0, from - pos - 1), text.length);
      at += gap.length + text.length;
    }
    return caret;
  }

  close() {
    this.view.destroy();
    withdraw(this.box);
    this.box.remove();
    this.area.hidden = false;
    surfaces.delete(this.area);
  }
}

// Returns words of Markdown without its signs, also if a link begins or ends in them.
function shown(words) {
  const linked = words.replace(/\[\^[^\]\s]+\]/g, " ").replace(/\[([^[\]]*)\]\([^()]*\)/g, "$1").replace(/\]\([^()\s]*\)|(?<!\\)\[(?=[^\]]*$)/g, "");
  return linked.replace(/[*_`~\\]+/g, "").replace(/\s/g, " ");
}

/** Returns where a block has these words: from, to. skip: how often they come before.
 * @returns {[number, number] | undefined} */
function wordsIn(doc, pos, words, skip) {
  let found;
  doc.nodesBetween(pos, pos + doc.nodeAt(pos).nodeSize, (node, start) => {
    if (!node.isTextblock || found) return !found;
    const text = node.textBetween(0, node.content.size, " ", " ").replace(/\s/g, " ");
    for (let at = text.indexOf(words); at >= 0 && !found; at = text.indexOf(words, at + words.length)) {
      if (skip-- === 0) found = [start + 1 + at, start + 1 + at + words.length];
    }
    return false;
  });
  return found;
}

// The label of a text area names its surface, too, also when its number changes.
function label(area) {
  const [element] = area.labels;
  element.id = `${area.id}-label`;
  return element.id;
}

// Opens the surface over a text area. Leaves it as it is, and says why, where that can't be.
export async function open(area) {
  const text = area.value;
  try {
    const opened = await read(text);
    if (surfaces.has(area) || !area.isConnected) return;
    if (area.value !== text) { // somebody is typing in it
      area.addEventListener("blur", () => open(area), { once: true });
      return;
    }
    const hasFocus = document.activeElement === area;
    const surface = new Surface(area, opened);
    surfaces.set(area, surface);
    area.parentElement.querySelector(".surface-note")?.remove();
    notify(area, SURFACE_OPENED);
    if (hasFocus) surface.select({ start: area.selectionStart, end: area.selectionEnd });
  } catch (problem) {
    explain(area, problem);
  }
}

function explain(area, { message, isAway }) {
  area.parentElement.querySelector(".surface-note")?.remove();
  const note = document.createElement("p");
  Object.assign(note, { className: "help surface-note", textContent: `This part is shown as Markdown. ${message}` });
  note.classList.toggle("is-away", Boolean(isAway));
  area.after(note);
}

export const close = (area) => surfaces.get(area)?.close();

// Reads a text area again that something else has changed.
export async function refresh(area, isStep = false) {
  try {
    await surfaces.get(area)?.refresh(isStep);
  } catch (problem) {
    close(area);
    explain(area, problem);
  }
}

document.addEventListener(TEXT_REPLACED, ({ target, detail }) => refresh(target, detail?.isStep), true);
document.addEventListener(FOUND, ({ target, detail }) => surfaces.get(target)?.showFindings(detail), true);
document.addEventListener(COMPARE_WITH, ({ target, detail }) => surfaces.get(target)?.compareWith(detail), true);
// A range of a text area that another module wants to show.
document.addEventListener(SELECT_RANGE, (event) => {
  const surface = surfaces.get(event.target);
  if (!surface) return;
  event.preventDefault();
  surface.select(event.detail);
}, true);
// Before a save loads the page anew, which puts the caret back.
document.addEventListener("submit", () => {
  for (const area of document.querySelectorAll("textarea[name]")) {
    const surface = surfaces.get(area);
    if (surface) area.setSelectionRange(surface.caret, surface.caret);
  }
}, true);
