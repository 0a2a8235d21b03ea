// Findings where they are: their words underlined, and a mark in the margin of the paragraph that leads
// to what there is to say about it.

import { Decoration, DecorationSet, Plugin, PluginKey } from "../../../vendor/prosemirror/index.js";

const key = new PluginKey("found");

export const found = new Plugin({
  key,
  state: {
    init: () => DecorationSet.empty,
    apply: (tr, before) => tr.getMeta(key) ?? before.map(tr.mapping, tr.doc),
  },
  props: { decorations: (state) => key.getState(state) },
});

/** Shows these findings and no others.
 * @typedef {import("../events.js").Found & { pos: number, range?: [number, number] }} Placed
 *   pos: of the block; range: of the words in it, if it shows them.
 * @param {Placed[]} findings the most important first */
export function showFindings(view, findings) {
  const all = [], marked = new Set();
  for (const finding of findings) {
    if (finding.range) all.push(Decoration.inline(...finding.range, { class: `finding-words finding-words-${finding.level}` }));
    if (marked.has(finding.pos)) continue;
    marked.add(finding.pos);
    all.push(Decoration.widget(finding.pos, () => mark(finding), { side: -1, ignoreSelection: true, stopEvent: () => true }));
  }
  const caret = getSelection();
  const isHere = view.dom.contains(caret?.anchorNode ?? null);
  view.dispatch(view.state.tr.setMeta(key, DecorationSet.create(view.state.doc, all)).setMeta("addToHistory", false));
  // While a surface has the caret and not yet the focus, ProseMirror doesn't put it back. To the toolbar it has lost the
  // focus, which a caret would take away from there.
  if (!isHere || view.hasFocus() || document.activeElement?.closest("[role=toolbar]")) return;
  const { node, offset } = view.domAtPos(view.state.selection.head);
  caret?.collapse(node, offset);
}

// For the mouse: by keyboard, the outline and the list of findings lead to the same.
function mark({ level, words, open }) {
  const made = document.createElement("span");
  Object.assign(made, { className: `margin-mark mark mark-${level}`, contentEditable: "false", textContent: "!", title: words, ariaHidden: "true" });
  made.addEventListener("click", open);
  return made;
}
