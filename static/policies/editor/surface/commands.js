// What keys, buttons and typing do to the text.

import {
  addRowAfter, baseKeymap, chainCommands, findWrapping, goToNextCell, InputRule, inputRules, isInTable, keymap, lift, liftListItem, Plugin,
  sinkListItem, splitListItem, TextSelection, textblockTypeInputRule, toggleMark, undoInputRule,
  wrapIn, wrappingInputRule,
} from "../../../vendor/prosemirror/index.js";
import { isAlike } from "./label-words.js";
import { itemAt } from "./labels.js";
import { schema } from "./schema.js";
import { typography } from "./typography.js";

const { nodes, marks } = schema;

export const bold = toggleMark(marks.strong);
export const italic = toggleMark(marks.em);
export const quotation = (state, dispatch) =>
  (isIn(state, "quotation") ? lift : wrapIn(nodes.quotation))(state, dispatch);

export const isIn = ({ selection: { $from } }, name) =>
  Array.from({ length: $from.depth + 1 }, (_, depth) => $from.node(depth).type.name).includes(name);

function lineBreak(state, dispatch) {
  if (state.selection.$from.parent.type.name === "heading") return false;
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
}

const breakInTable = (state, dispatch) => isInTable(state) && lineBreak(state, dispatch);

// A new item, and one that moves to another level, takes the label that is next there.
const relabelled = (command) => (state, dispatch) => command(state, dispatch && ((tr) => {
  const place = itemAt({ selection: tr.selection });
  if (place) tr.setNodeAttribute(tr.selection.$from.before(depthOfItem(tr)), "label", null);
  dispatch(tr);
}));
function depthOfItem({ selection: { $from } }) {
  let { depth } = $from;
  while ($from.node(depth).type.name !== "list_item") depth -= 1;
  return depth;
}
export const indent = relabelled(sinkListItem(nodes.list_item));
export const outdent = relabelled(liftListItem(nodes.list_item));

function outdentAtStart(state, dispatch) {
  const { empty, $from } = state.selection;
  const isAtStart = empty && !$from.parentOffset && $from.depth > 1 && !$from.index(-1);
  return isAtStart && $from.node(-1).type === nodes.list_item && outdent(state, dispatch);
}

// Removes an item without words, unless it is the last. step: -1 to go on in the item before it, 1 in that after it.
const removeEmptyItem = (step) => (state, dispatch) => {
  const { $from } = state.selection;
  const place = itemAt(state);
  const isEmpty = place?.item.childCount === 1 && !$from.parent.content.size;
  if (!isEmpty || place.index === place.list.childCount - 1 || (step < 0 && !place.index)) return false;
  const start = $from.before(-1);
  const tr = state.tr.delete(start, start + place.item.nodeSize);
  dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve(start), step)).scrollIntoView());
  return true;
};

export const isList = ({ type }) => type === nodes.ordered_list || type === nodes.bullet_list;
const isPart = (block) => block.type === nodes.paragraph || isList(block);

// Makes a list of the selected paragraphs; in a list, changes what kind it is; if it is of this kind
// already, takes them out. label: of the first item; null for bullets.
export function list(label) {
  const type = label ? nodes.ordered_list : nodes.bullet_list;
  return (state, dispatch) => {
    const range = state.selection.$from.blockRange(state.selection.$to);
    let depth = range?.depth ?? 0;
    while (depth && !isList(range.$from.node(depth))) depth -= 1;
    if (!depth) return Boolean(range) && toItems(state, range, label, dispatch);
    const around = range.$from.node(depth);
    if (around.type === type && (!label || around.firstChild.attrs.label === label)) return outdent(state, dispatch);
    const { tr } = state;
    setKind(tr, range.$from.before(depth), label);
    if (label) tr.setNodeAttribute(range.$from.start(depth), "label", label);
    dispatch?.(tr);
    return true;
  };
}

// Its items lose their labels; labels.js gives them others.
function setKind(tr, pos, label) {
  const { attrs: { tight }, children } = tr.doc.nodeAt(pos);
  tr.setNodeMarkup(pos, label ? nodes.ordered_list : nodes.bullet_list, { tight });
  let place = pos + 1;
  for (const item of children) {
    tr.setNodeAttribute(place, "label", null);
    place += item.nodeSize;
  }
}

// Makes one list of the paragraphs and lists of a range, and of lists of this kind beside it. What is of
// another kind, such as a heading, stays, and a new list begins behind it.
function toItems({ tr }, { parent, startIndex, endIndex, start }, label, dispatch) {
  const type = label ? nodes.ordered_list : nodes.bullet_list;
  const blocks = parent.children.slice(startIndex, endIndex);
  if (!blocks.some(isPart) || !parent.canReplaceWith(startIndex, endIndex, type)) return false;
  const hasWords = blocks.some((block) => block.content.size); // empty paragraphs between them go
  const isOfKind = (node) => node?.type === type && (!label || isAlike(label, node.lastChild.attrs.label));
  let end = start;
  for (const block of blocks) {
    const pos = tr.mapping.map(end);
    end += block.nodeSize;
    if (!isPart(block)) continue;
    if (hasWords && !block.content.size) {
      tr.delete(pos, pos + block.nodeSize);
      continue;
    }
    if (isList(block)) setKind(tr, pos, label);
    else tr.wrap(tr.doc.resolve(pos + 1).blockRange(), [{ type }, { type: nodes.list_item }]);
    if (isOfKind(tr.doc.resolve(pos).nodeBefore)) tr.join(pos);
    else tr.setNodeAttribute(pos + 1, "label", label);
  }
  const { pos, nodeBefore, nodeAfter } = tr.doc.resolve(tr.mapping.map(end));
  if (isOfKind(nodeBefore) && isOfKind(nodeAfter)) tr.join(pos);
  dispatch?.(tr);
  return true;
}

// Inserts a table after the paragraph with the caret.
export function table(state, dispatch) {
  if (isInTable(state)) return false;
  const { $to } = state.selection;
  const cells = (type) => nodes.table_row.create(null, [type.createAndFill(), type.createAndFill()]);
  const made = nodes.table.create(null, [cells(nodes.table_header), cells(nodes.table_cell)]);
  const { parent } = $to;
  const isEmpty = parent.type.name === "paragraph" && !parent.content.size;
  const pos = $to.depth ? $to.after() : $to.pos;
  const { tr } = state;
  if (isEmpty) tr.replaceWith($to.before(), pos, made);
  else tr.insert(pos, made);
  const start = isEmpty ? $to.before() : pos;
  dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve(start + 1))).scrollIntoView());
  return true;
}

export function isActive(state, mark) {
  const { from, to, empty, $from } = state.selection;
  return Boolean(empty ? mark.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, mark));
}

// Makes a list of the paragraph that begins with a label, in place of the label. words: what follows
// it. The item of a list that has a label already takes this one.
function toList(state, match, start, end) {
  const [, label, words = ""] = match;
  const tr = state.tr.delete(start, end);
  const place = tr.doc.resolve(start);
  const item = words && !place.index(-1) && place.node(-1);
  if (item?.type === nodes.list_item && item.attrs.label) return tr.setNodeAttribute(place.before(-1), "label", label).insertText(words);
  const range = place.parent.type === nodes.paragraph && place.blockRange();
  const wrapping = range && findWrapping(range, nodes.ordered_list);
  if (!wrapping) return null;
  tr.wrap(range, wrapping).setNodeAttribute(range.start + 1, "label", label);
  return words ? tr.insertText(words) : tr;
}
// The first label of a list at once; any other when words follow, which begin with a capital.
const FIRST_LABEL = /^(\([a1iAI]\)|[a1i][.)])\s$/;
const ANY_LABEL = /^(\((?:[a-z]|[ivx]{2,5}|\d{1,2})\)|\d{1,2}[.)]|\d{1,3}(?:\.\d{1,3}){1,4}\.?) (\p{Lu})$/u;

// Words between signs, the last of which is typed now, get the mark that the signs mean in Markdown.
// signs: how many there are before the words. attributesOf: what was found, as the attributes of the mark.
/** @type {(pattern: RegExp, type: any, signs: number, attributesOf?: (found: RegExpMatchArray) => object | null) => InputRule} */
const marked = (pattern, type, signs, attributesOf = () => null) => new InputRule(pattern, (state, found, start, end) => {
  const [, before, words] = found;
  const from = start + before.length;
  const to = from + signs + words.length;
  if (!state.doc.resolve(start).parent.type.allowsMarkType(type)) return null;
  const tr = state.tr.addMark(from + signs, to, type.create(attributesOf(found)));
  return tr.delete(to, end).delete(from, from + signs).removeStoredMark(type);
});
const addressIn = (found) => ({ href: found[3] });

// lang: of the text.
export const typing = (lang) => inputRules({
  rules: [
    marked(/(^|[^*\\])\*\*([^*\s](?:[^*]*[^*\s])?)\*\*$/, marks.strong, 2),
    marked(/(^|[^!\\])\[([^[\]]+)\]\(((?:https?:\/\/|mailto:|tel:|#|\/(?!\/))[^()\s]*)\)$/i, marks.link, 1, addressIn),
    ...typography(lang),
    new InputRule(FIRST_LABEL, toList),
    new InputRule(ANY_LABEL, toList),
    wrappingInputRule(/^[-+*•]\s$/, nodes.bullet_list),
    wrappingInputRule(/^>\s$/, nodes.quotation),
    // A section's own heading has level 2.
    textblockTypeInputRule(/^(#{2,6})\s$/, nodes.heading, (found) => ({ level: Math.max(3, found[1].length) })),
  ],
});

const isInTableOrItem = (state) => isInTable(state) || Boolean(itemAt(state));

// Goes on in a new row: from the last cell.
function addRow(state, dispatch, view) {
  return addRowAfter(state, dispatch) && (!dispatch || goToNextCell(1)(view.state, dispatch));
}

// To the beginning of the text: the browser's own way stops at a mark in the margin of the first paragraph.
const toStart = (isExtending) => ({ doc, selection, tr }, dispatch) => {
  const { $from } = TextSelection.atStart(doc);
  dispatch?.(tr.setSelection(TextSelection.between(isExtending ? selection.$anchor : $from, $from)).scrollIntoView());
  return true;
};

// openLink: shows the dialogue for a link.
export function keys(openLink) {
  let isLeaving = false; // after Escape, Tab leaves the text, also a table or a list
  const unless = (command) => (...at) => !isLeaving && command(...at);
  return [
    keymap({
      Enter: chainCommands(breakInTable, relabelled(splitListItem(nodes.list_item))),
      "Shift-Enter": lineBreak,
      Backspace: chainCommands(undoInputRule, removeEmptyItem(-1), outdentAtStart),
      Delete: removeEmptyItem(1),
      Tab: unless(chainCommands(goToNextCell(1), addRow, indent, isInTableOrItem)),
      "Shift-Tab": unless(chainCommands(goToNextCell(-1), isInTable, outdent, isInTableOrItem)),
      Escape: () => { isLeaving = true; return true; },
      "Ctrl-Home": toStart(false), "Ctrl-Shift-Home": toStart(true),
      "Mod-b": bold, "Mod-i": italic, "Mod-k": openLink,
    }),
    keymap(baseKeymap),
    new Plugin({
      props: {
        handleDOMEvents: {
          blur() { isLeaving = false; },
          keydown(_, { key }) { isLeaving &&= key === "Tab" || key === "Shift"; },
        },
      },
    }),
  ];
}
