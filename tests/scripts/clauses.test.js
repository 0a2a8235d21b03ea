import assert from "node:assert/strict";
import { test } from "node:test";
import { list as makeList } from "../../static/policies/editor/surface/commands.js";
import { labels } from "../../static/policies/editor/surface/labels.js";
import { nodeOf } from "../../static/policies/editor/surface/schema.js";
import { markdown } from "../../static/policies/editor/surface/writing.js";
import { EditorState, TextSelection } from "../../static/vendor/prosemirror/index.js";

const textOf = (text) => [{ type: "text", text }];
const paragraph = (text) => ({ type: "paragraph", content: textOf(text) });
const item = (label, words) => ({ type: "list_item", attrs: { label }, content: [paragraph(words)] });

function blockOf(text) {
  if (text.startsWith("### ")) return { type: "heading", attrs: { level: 3 }, content: textOf(text.slice(4)) };
  const lines = text.split("\n").map((line) => line.split(/ (.*)/));
  if (text.startsWith("- ")) return { type: "bullet_list", content: lines.map(([, words]) => item(null, words)) };
  if (/^[(\d]/.test(text)) return { type: "ordered_list", content: lines.map(([label, words]) => item(label, words)) };
  return paragraph(text);
}

// The state of a surface that shows these blocks.
const stateOf = (body) => EditorState.create({
  doc: nodeOf({ type: "doc", content: body.split("\n\n").map(blockOf) }),
  plugins: [labels],
});

const written = ({ doc }) => markdown(doc, { blocks: [], end: "" });

// Where words begin.
function placeOf({ doc }, words) {
  let place = -1;
  doc.descendants((node, pos) => {
    if (node.isText && node.text.includes(words)) place = pos + node.text.indexOf(words);
  });
  return place;
}

const select = (state, first, last) => state.apply(state.tr.setSelection(
  TextSelection.create(state.doc, placeOf(state, first), placeOf(state, last))));

const LETTERS = "(a) one;\n(b) two;\n(c) three;\n(d) four.";
const ROWS = "(a) one;\n(c) three;\n(d) four;\n(f) six;\n(g) seven.";

test("labels that followed each other do so when items are deleted; others stay", () => {
  for (const [body, first, last, after] of [
    [LETTERS, "two;", "three;", "(a) one;\n(b) three;\n(c) four."],
    [LETTERS, "one;", "three;", "(a) three;\n(b) four."],
    ["1. One.\n2. Two.\n3. Three.", "One.", "Two.", "1. Two.\n2. Three."],
    ["2.1 One.\n2.2 Two.\n2.3 Three.", "Two.", "Three.", "2.1 One.\n2.2 Three."],
    ["(h) one\n(i) two\n(j) three\n(k) four", "two", "three", "(h) one\n(i) three\n(j) four"],
    [ROWS, "one;", "three;", "(c) three;\n(d) four;\n(f) six;\n(g) seven."],
    [ROWS, "three;", "four;", "(a) one;\n(c) four;\n(f) six;\n(g) seven."],
    [ROWS, "six;", "seven.", "(a) one;\n(c) three;\n(d) four;\n(f) seven."],
  ]) {
    const state = select(stateOf(body), first, last);
    assert.equal(written(state.apply(state.tr.deleteSelection())), after);
  }
});

test("selected paragraphs and lists become one list", () => {
  for (const [a, b, c, d] of [["(a)", "(b)", "(c)", "(d)"], ["1.", "2.", "3.", "4."]]) {
    const all = `${a} one\n${b} two\n${c} three`;
    for (const [body, first, last, after] of [
      ["one\n\ntwo\n\nthree", "one", "three", all],
      ["one\n\n- two\n- three\n\nfour", "one", "two", `${all}\n\nfour`],
      ["- one\n- two\n- three", "one", "two", all],
      ["(c) one\n(d) two\n(g) three", "two", "three", all],
      [`${a} one\n${b} two\n\nthree\n\nfour`, "three", "four", `${all}\n${d} four`],
      [`one\n\n${a} two\n${b} three`, "one", "one", all],
      ["one\n\n### two\n\nthree", "one", "three", `${a} one\n\n### two\n\n${a} three`],
    ]) {
      let state = select(stateOf(body), first, last);
      makeList(a)(state, (tr) => { state = state.apply(tr); });
      assert.equal(written(state), after);
    }
  }
});
