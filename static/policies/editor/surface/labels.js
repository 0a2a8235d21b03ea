// The labels of clauses, as policies/text/markdown/clauses.py reads them: (a), iv., 2.1.

import { canJoin, Fragment, Plugin, Slice } from "../../../vendor/prosemirror/index.js";
import { firstBelow, labelAfter, meant } from "./label-words.js";

function orderedLists(root, see) {
  root.descendants((node, pos) => {
    if (node.type.name === "ordered_list") see(node, pos);
    return !node.isTextblock;
  });
}

function listsOf(root) {
  const lists = new Set();
  orderedLists(root, (list) => lists.add(list));
  return lists;
}

// Returns the items that a change has left in lists that it touched, by where they are now: each with the
// label that it had, and the row of labels following each other that it was in.
function itemsBefore(transactions, old, doc) {
  const untouched = listsOf(doc);
  const before = new Map();
  orderedLists(old, (list, pos) => {
    if (untouched.has(list)) return;
    const labels = list.children.map((item) => item.attrs.label);
    let row;
    list.forEach((_, offset, at) => {
      const label = labels[at];
      if (!row || label !== labelAfter(labels[at - 1], labels[at - 2])) row = { first: label, last: [] };
      let place = pos + 1 + offset, isGone = false;
      for (const { mapping } of transactions) {
        const mapped = mapping.mapResult(place);
        [place, isGone] = [mapped.pos, isGone || mapped.deletedAfter];
      }
      if (!isGone) before.set(place, { label, row });
    });
  });
  return before;
}

// Returns the labels of a list's items after a change. A new item continues the list. Items whose labels
// were in a row still are; a row begins as it did. What somebody has labelled keeps that.
// pos: where the list is. first: the label that a new list begins with.
function labelsOf(list, pos, first, before) {
  const labels = []; // the last one first
  let rowAbove = null; // of the item above; null if that is new, or was labelled
  let isMoved = false; // whether its label is another now
  list.forEach((item, offset) => {
    const { label } = item.attrs;
    const was = before.get(pos + 1 + offset);
    const row = was?.label === label ? was.row : null;
    const isNext = Boolean(row) && label !== row.first;
    const isTaken = label === labels[0] && (row ? isMoved : !was);
    const above = isNext && rowAbove && row !== rowAbove ? row.last : labels.length ? labels : row?.last ?? [];
    let given = label;
    if (!label || isNext || isTaken) given = above.length ? labelAfter(...above) : row?.first ?? first;
    if (row) row.last = [given, row.last[0]];
    [rowAbove, isMoved] = [row, given !== was?.label];
    labels.unshift(given);
  });
  return labels.reverse();
}

// Returns a transaction's changes that keep labels and lists as they can be written.
function complete(transactions, old, state) {
  const { tr, doc } = state;
  const untouched = listsOf(old);
  const before = itemsBefore(transactions, old, doc);
  orderedLists(doc, (list, pos) => {
    const place = doc.resolve(pos);
    const around = Array.from({ length: place.depth + 1 }, (_, at) => place.node(at));
    const isQuoted = around.some((outer) => outer.type.name === "quotation"); // there, Markdown knows numbers only
    const outer = around.findLast((node) => node.type === list.type);
    const labels = untouched.has(list) ? list.children.map((item) => item.attrs.label)
      : labelsOf(list, pos, firstBelow(outer?.firstChild.attrs.label), before);
    list.forEach((item, offset, at) => {
      const label = isQuoted && !/^\d+[.)]$/.test(labels[at]) ? `${at + 1}.` : labels[at];
      if (label !== item.attrs.label) tr.setNodeAttribute(pos + 1 + offset, "label", label);
    });
  });
  doc.descendants((node, pos) => {
    if (node.type.name === "bullet_list") {
      node.forEach((item, offset) => {
        if (item.attrs.label) tr.setNodeAttribute(pos + 1 + offset, "label", null);
      });
    }
    return !node.isTextblock;
  });
  for (let at = doc.childCount - 1, pos = doc.content.size; at > 0; at -= 1) {
    pos -= doc.child(at).nodeSize;
    if (areOne(doc.child(at - 1), doc.child(at)) && canJoin(tr.doc, pos)) tr.join(pos);
  }
  return tr.docChanged ? tr : null;
}

// Two lists in a row that Markdown would read as one.
function areOne(list, other) {
  if (list.type !== other.type) return false;
  if (list.type.name === "bullet_list") return list.attrs.sign === other.attrs.sign;
  return list.type.name === "ordered_list" && list.lastChild.attrs.label?.at(-1) === other.firstChild.attrs.label?.at(-1);
}

// Items that are pasted into a list take the labels that are next there.
function unlabelled({ content, openStart, openEnd }) {
  const nodes = content.content.map((list) => (list.type.name !== "ordered_list" ? list
    : list.copy(Fragment.from(list.children.map((item) => item.type.create(null, item.content))))));
  return new Slice(Fragment.from(nodes), openStart, openEnd);
}

export const labels = new Plugin({
  props: {
    transformPasted: (slice, { state }) => (itemAt(state)?.list.type.name === "ordered_list" ? unlabelled(slice) : slice),
  },
  appendTransaction(transactions, { doc }, state) {
    const isOurs = transactions.some((tr) => tr.docChanged && !tr.getMeta("read") && !tr.getMeta("history$"));
    return isOurs ? complete(transactions, doc, state) : null;
  },
});

// Gives the item at the selection a label; those that followed it follow again.
export function setLabel(typed) {
  return (state, dispatch) => {
    const place = itemAt(state);
    const label = place?.item.attrs.label && meant(typed, place.item.attrs.label);
    if (!label) return false;
    let pos = place.start;
    for (const item of place.list.children.slice(0, place.index)) pos += item.nodeSize;
    dispatch?.(state.tr.setNodeAttribute(pos, "label", label));
    return true;
  };
}

// Returns the innermost list item at the selection, its list and its place in it.
export function itemAt({ selection: { $from } }) {
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    if ($from.node(depth).type.name === "list_item") {
      return { item: $from.node(depth), list: $from.node(depth - 1), index: $from.index(depth - 1), start: $from.start(depth - 1) };
    }
  }
  return null;
}
