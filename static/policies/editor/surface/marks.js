// What a text changes against the version that it is based on, marked in place. Behind each change
// there is a button that undoes it.

import {
  ChangeSet, closeHistory, Decoration, DecorationSet, Plugin, PluginKey, simplifyChanges, StepMap,
} from "../../../vendor/prosemirror/index.js";

const key = new PluginKey("marks");
const MAX_BLOCKS = 200; // in a section, above which only its beginning and end are compared block by block

export const marks = new Plugin({
  key,
  state: {
    init: () => ({ base: null, shown: DecorationSet.empty }),
    apply(tr, before, _, { doc }) {
      const given = tr.getMeta(key);
      if (given === undefined && (!tr.docChanged || !before.base)) return before;
      const base = given === undefined ? before.base : given;
      return { base, shown: base ? DecorationSet.create(doc, changes(base, doc).flatMap((change) => marked(change, base))) : DecorationSet.empty };
    },
  },
  props: { decorations: (state) => key.getState(state).shown },
});

// Marks what differs from a document; null: marks nothing.
export function compareWith(view, base) {
  view.dispatch(view.state.tr.setMeta(key, base));
}

// Words count as changed, too, if only their emphasis or link has changed.
const TOKENS = {
  encodeCharacter: (char, around) => (around.length ? `${char} ${JSON.stringify(around)}` : char),
  encodeNodeStart: (node) => `${node.type.name} ${JSON.stringify(node.attrs)}`,
  encodeNodeEnd: (node) => `/${node.type.name}`,
  compareTokens: (token, other) => token === other,
};

function changes(base, doc) {
  // The last is replaced first, so that those before it are where they were.
  const maps = differing(base.children, doc.children).reverse().map((range) => new StepMap(range));
  const found = ChangeSet.create(base, (data) => data, TOKENS).addSteps(doc, maps, true);
  return simplifyChanges(found.changes, doc).map((change) => later(change, doc));
}

// A sentence that was added behind another ends in a full stop: it does not begin with that before it.
function later({ fromA, toA, fromB, toB }, doc) {
  const sign = (at) => doc.textBetween(at, at + 1);
  let by = 0;
  if (fromA === toA) while (toB + by < doc.content.size && sign(fromB + by) && sign(fromB + by) === sign(toB + by)) by += 1;
  return { fromA: fromA + by, toA: toA + by, fromB: fromB + by, toB: toB + by };
}

// Returns where blocks differ: the place among the old ones, their size, and the size of the new ones.
function differing(old, now) {
  const sizes = (blocks) => blocks.reduce((sum, block) => sum + block.nodeSize, 0);
  const ranges = [];
  let at = 0, from = 0, to = 0;
  for (const [before, after] of [...equal(old, now), [old.length, now.length]]) {
    const [gone, come] = [sizes(old.slice(from, before)), sizes(now.slice(to, after))];
    if (gone || come) ranges.push([at, gone, come]);
    at += gone + (old[before]?.nodeSize ?? 0);
    [from, to] = [before + 1, after + 1];
  }
  return ranges;
}

// Returns the longest sequence of blocks that both have, as pairs of places.
function equal(old, now) {
  let start = 0, end = 0;
  const most = Math.min(old.length, now.length);
  while (start < most && old[start].eq(now[start])) start += 1;
  while (end < most - start && old.at(-1 - end).eq(now.at(-1 - end))) end += 1;
  const pairs = Array.from({ length: start }, (_, at) => [at, at]);
  const [a, b] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  if (a.length * b.length <= MAX_BLOCKS ** 2) pairs.push(...common(a, b).map(([i, j]) => [start + i, start + j]));
  for (let at = end; at; at -= 1) pairs.push([old.length - at, now.length - at]);
  return pairs;
}

function common(a, b) {
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      length[i][j] = a[i].eq(b[j]) ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i].eq(b[j])) pairs.push([i++, j++]);
    else if (length[i + 1][j] >= length[i][j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}

function marked(change, base) {
  const { fromA, toA, fromB, toB } = change;
  const words = base.textBetween(fromA, toA, " ", " ").trim();
  const own = { side: 1, ignoreSelection: true, stopEvent: () => true }; // the button's keys are its own
  const all = [Decoration.widget(toB, (view) => button(view, change, words), own)];
  if (fromB < toB) all.push(Decoration.inline(fromB, toB, { nodeName: "ins" }));
  if (words) all.push(Decoration.widget(fromB, () => element("del", words), { side: -1, ignoreSelection: true }));
  return all;
}

function element(name, words) {
  const made = document.createElement(name);
  Object.assign(made, { contentEditable: "false", textContent: words });
  return made;
}

function button(view, { fromA, toA, fromB, toB }, words) {
  const made = element("button", "↶");
  const now = view.state.doc.textBetween(fromB, toB, " ", " ").trim();
  const label = `Undo: ${[words || "nothing", now || "nothing"].map((part) => (part.length > 60 ? `${part.slice(0, 60)}…` : part)).join(" → ")}`;
  Object.assign(made, { type: "button", className: "undo", ariaLabel: label, title: label });
  made.addEventListener("click", () => {
    const { base } = key.getState(view.state);
    view.dispatch(restored(closeHistory(view.state.tr).replace(fromB, toB, base.slice(fromA, toA)), base));
    view.focus();
  });
  return made;
}

// Blocks that equal those of the version are these again, so that they are written as they were.
function restored(tr, base) {
  const before = new Set(tr.before.children);
  tr.doc.forEach((node, at) => {
    const same = before.has(node) ? null : base.children.find((other) => other.eq(node));
    if (same) tr.replaceWith(at, at + node.nodeSize, same);
  });
  return tr;
}
