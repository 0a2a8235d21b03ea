// The labels of clauses, as policies/text/markdown/clauses.py reads them: (a), iv., 2.1.

import { canJoin, Plugin } from "../../../vendor/prosemirror/index.js";

const NUMERALS = [[100, "c"], [90, "xc"], [50, "l"], [40, "xl"], [10, "x"], [9, "ix"], [5, "v"], [4, "iv"], [1, "i"]];

function numeral(number) {
  let letters = "";
  for (const [size, sign] of NUMERALS) {
    while (number >= size) [letters, number] = [letters + sign, number - size];
  }
  return letters;
}

const valueOf = (letters) => Array.from({ length: 399 }, (_, at) => at + 1).find((it) => numeral(it) === letters);

// c after b, aa after z; "" after zz.
function letterAfter(letters) {
  const code = letters.charCodeAt(0);
  if (code < 122) return String.fromCharCode(code + 1).repeat(letters.length);
  return letters.length === 1 ? "aa" : "";
}

// Returns the label after one: (c) after (b), 2.2 after 2.1. before: the label above it, which shows
// whether (i) is a letter.
function labelAfter(label, before = null) {
  const [, start, name, end] = /^(.*?)(\d+|[a-z]+)([^a-z\d]*)$/i.exec(label) ?? [];
  if (!name) return label;
  if (/\d/.test(name)) return `${start}${Number(name) + 1}${end}`;
  const small = name.toLowerCase();
  const value = valueOf(small);
  const above = /[a-z]+/i.exec(before ?? "")?.[0].toLowerCase();
  const isNumeral = value && (above ? valueOf(above) === value - 1 && letterAfter(above) !== small : small === "i" || name.length > 1);
  const next = isNumeral ? numeral(value + 1) : letterAfter(small);
  return `${start}${name === small ? next : next.toUpperCase()}${end}`;
}

// The first label of a list in an item of another one, by that one's first label.
function firstBelow(above) {
  if (!above) return "1.";
  if (/\d/.test(above)) return "(a)";
  return /^\W*i\W*$/i.test(above) ? "(A)" : "(i)";
}

// Labels that a list's items have after a change. An item without one continues the list, one behind
// an item that was removed takes its place, and those after it that followed each other move on.
// first: the label that a new list begins with.
function labelsOf(list, first, removed) {
  const labels = [];
  let isMoving = false;
  list.children.forEach((item, at) => {
    const { label } = item.attrs;
    const [above, before] = [labels[at - 1], labels[at - 2]];
    const previous = list.maybeChild(at - 1)?.attrs.label;
    const place = removed(item, previous);
    isMoving = !label || Boolean(place) || (isMoving && (label === above || label === labelAfter(previous)));
    labels.push(isMoving ? above ? labelAfter(above, before) : place ?? first : label);
  });
  return labels;
}

// Returns a function that tells the label of the first of the items that were removed between an item
// and the one above it, of which it gets the label; null: there were none, or they did not follow each other.
function removedItems(old, doc) {
  const were = new Map();
  const are = new Set();
  const lists = (root, see) => root.descendants((node) => {
    if (node.type.name === "ordered_list") see(node);
    return !node.isTextblock;
  });
  lists(old, (list) => list.children.forEach((item, at) => were.set(item, { list, at })));
  lists(doc, (list) => list.children.forEach((item) => are.add(item)));
  return (item, above) => {
    const { list, at } = were.get(item) ?? {};
    if (!at || (!above && list.children.slice(0, at).some((it) => are.has(it)))) return null;
    const labels = list.children.slice(0, at + 1).map((it) => it.attrs.label);
    const from = above ? labels.lastIndexOf(above, at - 1) + 1 : 0;
    if (from === at || (above && !from)) return null;
    const isRow = labels.every((label, n) => n <= Math.max(from - 1, 0) || label === labelAfter(labels[n - 1], labels[n - 2]));
    return isRow ? labels[from] : null;
  };
}

// Returns a transaction's changes that keep labels and lists as they can be written.
function complete(old, state) {
  const { tr, doc } = state;
  const removed = removedItems(old, doc);
  doc.descendants((node, pos) => {
    if (node.type.name !== "ordered_list") return !node.isTextblock;
    const place = doc.resolve(pos);
    const around = Array.from({ length: place.depth + 1 }, (_, at) => place.node(at));
    const isQuoted = around.some((it) => it.type.name === "quotation"); // there, Markdown knows numbers only
    const outer = around.findLast((it) => it.type === node.type);
    const labels = labelsOf(node, firstBelow(outer?.firstChild.attrs.label), removed);
    node.forEach((item, offset, at) => {
      const label = isQuoted && !/^\d+[.)]$/.test(labels[at]) ? `${at + 1}.` : labels[at];
      if (label !== item.attrs.label) tr.setNodeAttribute(pos + 1 + offset, "label", label);
    });
    return true;
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
function areOne(one, other) {
  if (one.type !== other.type) return false;
  if (one.type.name === "bullet_list") return one.attrs.sign === other.attrs.sign;
  return one.type.name === "ordered_list" && one.lastChild.attrs.label?.at(-1) === other.firstChild.attrs.label?.at(-1);
}

export const labels = new Plugin({
  appendTransaction: (transactions, { doc }, state) =>
    (transactions.some((it) => it.docChanged && !it.getMeta("read")) ? complete(doc, state) : null),
});

const LABEL = /^(?:\(\w+\)|[a-z]+[.)]|\d{1,3}(?:\.\d{1,3}){1,4}\.?|\d{1,9}[.)])$/i;

// Returns a label as somebody meant it: c is (c) in place of (b). "" for what is none.
function meant(typed, label) {
  const text = /^\w+$/.test(typed) ? label.replace(/\w+/, typed) : typed;
  const [letters] = /[a-z]+/i.exec(text) ?? [""];
  const isOneCase = [letters.toLowerCase(), letters.toUpperCase()].includes(letters);
  const isName = !letters || letters.length === 1 || valueOf(letters.toLowerCase()) || /^(.)\1$/.test(letters);
  return LABEL.test(text) && text.length <= 10 && isOneCase && isName && /^\W*(?:[a-z]+|[\d.]+)\W*$/i.test(text) ? text : "";
}

// Gives the item at the selection a label; those that followed it follow again.
export function setLabel(typed) {
  return (state, dispatch) => {
    const place = itemAt(state);
    const label = place?.item.attrs.label && meant(typed, place.item.attrs.label);
    if (!label) return false;
    const { tr } = state;
    let [next, before] = [label, null], follows = true;
    place.list.forEach((item, offset, at) => {
      if (at < place.index || !follows) return;
      const old = item.attrs.label;
      tr.setNodeAttribute(place.start + offset, "label", next);
      const following = place.list.maybeChild(at + 1)?.attrs.label;
      follows = following === labelAfter(old, place.list.maybeChild(at - 1)?.attrs.label);
      [next, before] = [labelAfter(next, before), next];
    });
    dispatch?.(tr);
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
