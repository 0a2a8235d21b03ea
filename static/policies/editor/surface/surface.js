// The formatted surface over one text area, which stays the field of the form: every change is
// written into it, and what else changes it sends the event "text-replaced".

import {
  closeHistory, EditorState, EditorView, Fragment, gapCursor, history, Selection, Slice, tableEditing, TextSelection,
} from "../../../vendor/prosemirror/index.js";
import { keys, typing } from "./commands.js";
import { labels } from "./labels.js";
import { openLink } from "./link.js";
import { MarkdownBlock } from "./markdown-block.js";
import { paste } from "./pasting.js";
import { read } from "./reading.js";
import { schema } from "./schema.js";
import { toolbar } from "./toolbar.js";
import { markdown, remember } from "./writing.js";

const surfaces = new WeakMap(); // by text area

export const surfaceOf = (area) => surfaces.get(area);

class Surface {
  constructor(area, opened) {
    this.area = area;
    this.box = document.createElement("div");
    this.box.className = "surface";
    area.after(this.box);
    this.view = new EditorView({ mount: this.box.appendChild(document.createElement("div")) }, {
      state: EditorState.create({ doc: this.read(opened), plugins: this.plugins() }),
      dispatchTransaction: (tr) => this.dispatch(tr),
      attributes: () => ({
        role: "textbox", "aria-multiline": "true", "aria-labelledby": label(area), class: "surface-text",
        ...(area.lang && { lang: area.lang }), ...(area.dir && { dir: area.dir }), spellcheck: "true",
      }),
      nodeViews: { markdown: (...about) => new MarkdownBlock(...about) },
      handlePaste: (view, event) => paste(this, event),
      handleTextInput: (view, from, to, text) => this.typed(text, from),
      handleClick: (view, pos, event) => { if (event.target.closest("a")) event.preventDefault(); },
    });
    this.toolbar = toolbar(this.view, openLink);
    this.box.prepend(this.toolbar.element);
    this.written = area.value;
    area.hidden = true;
  }

  plugins() {
    return [typing, ...keys(openLink), history(), labels, tableEditing(), gapCursor()];
  }

  // Returns the document of what was read from Markdown.
  read(opened) {
    this.opened = opened;
    opened.blocks.forEach((block) => remember(block.node, block));
    const nodes = opened.blocks.map((block) => block.node);
    return schema.nodes.doc.create(null, nodes.length ? nodes : [schema.nodes.paragraph.create()]);
  }

  dispatch(tr) {
    this.view.updateState(this.view.state.apply(tr));
    this.toolbar.update(this.view.state);
    if (!tr.docChanged || tr.getMeta("read")) return;
    this.written = markdown(this.view.state.doc, this.opened);
    if (this.written === this.area.value) return;
    this.area.value = this.written;
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Others have changed the text area: one step, which can be undone.
  async refresh() {
    const text = this.area.value;
    if (text === this.written) return;
    const doc = this.read(await read(text));
    this.written = text;
    const { state } = this.view;
    this.view.dispatch(closeHistory(state.tr).replaceWith(0, state.doc.content.size, doc.content).setMeta("read", true));
  }

  // Inserts Markdown in place of the selection. Returns whether it could be read.
  async insert(text) {
    const { blocks } = await read(text);
    blocks.forEach(({ node, source }) => remember(node, { source }));
    const nodes = blocks.map((block) => block.node);
    const isInline = nodes.length === 1 && nodes[0].type.name === "paragraph";
    const slice = isInline ? new Slice(nodes[0].content, 0, 0) : new Slice(Fragment.from(nodes), 0, 0);
    this.view.dispatch(closeHistory(this.view.state.tr).replaceSelection(slice).scrollIntoView());
  }

  // Puts a link in place of a range, by default the selection.
  link(words, href, { from, to } = this.view.state.selection) {
    const text = schema.text(words, [schema.marks.link.create({ href })]);
    this.view.dispatch(this.view.state.tr.replaceWith(from, to, text));
    this.view.focus();
  }

  // "#" after a space or a bracket asks for the list of places to link to.
  typed(text, from) {
    const before = this.view.state.doc.textBetween(Math.max(0, from - 1), from, "\n");
    if (text !== "#" || !/^[\s(]?$/.test(before)) return false;
    const choose = (words, href) => this.link(words, href, { from, to: this.view.state.selection.to });
    const place = () => this.view.coordsAtPos(from);
    setTimeout(() => this.area.dispatchEvent(new CustomEvent("reference-wanted", { bubbles: true, detail: { choose, place, element: this.view.dom } })));
    return false;
  }

  // Selects the words of the text area from start to end where they are shown.
  select(start, end) {
    const words = this.area.value.slice(start, end);
    const { doc } = this.view.state;
    let [offset, found] = [0, null];
    doc.forEach((node, pos, index) => {
      const block = this.opened.blocks[index];
      offset += block ? block.gap.length + block.source.length : 0;
      if (!found && (offset > start || !block)) found = textRange(node, pos, words);
    });
    const selection = found ? TextSelection.create(doc, found.from, found.to) : Selection.atStart(doc);
    this.view.dispatch(this.view.state.tr.setSelection(selection).scrollIntoView());
    this.view.focus();
  }

  close() {
    this.view.destroy();
    this.box.remove();
    this.area.hidden = false;
    surfaces.delete(this.area);
  }
}

// Where a block has these words, if it has: its characters, with those of its Markdown left out.
function textRange(node, pos, words) {
  let found = null;
  node.descendants((child, offset) => {
    if (!child.isTextblock || found) return !found;
    const at = child.textBetween(0, child.content.size, " ", " ").indexOf(words);
    if (at >= 0) found = { from: pos + offset + 2 + at, to: pos + offset + 2 + at + words.length };
    return false;
  });
  if (node.isTextblock) {
    const at = node.textBetween(0, node.content.size, " ", " ").indexOf(words);
    if (at >= 0) found = { from: pos + 1 + at, to: pos + 1 + at + words.length };
  }
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
    if (area.value !== text || surfaces.has(area) || !area.isConnected) return;
    surfaces.set(area, new Surface(area, opened));
  } catch (problem) {
    explain(area, problem.message);
  }
}

function explain(area, reason) {
  const note = document.createElement("p");
  Object.assign(note, { className: "help surface-note", textContent: `This part is shown as Markdown. ${reason}` });
  area.nextElementSibling?.matches(".surface-note") || area.after(note);
}

export const close = (area) => surfaces.get(area)?.close();

// Reads a text area again that something else has changed.
export async function refresh(area) {
  try {
    await surfaces.get(area)?.refresh();
  } catch (problem) {
    close(area);
    explain(area, problem.message);
  }
}

// Selects characters of a text area, on its surface if it has one.
export function select(area, start, end) {
  const surface = surfaces.get(area);
  if (surface) return surface.select(start, end);
  area.focus();
  return area.setSelectionRange(start, end);
}

document.addEventListener("text-replaced", (event) => refresh(event.target));
