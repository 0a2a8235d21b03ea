import assert from "node:assert/strict";
import { test } from "node:test";
import { firstBelow, isAlike, labelAfter, meant } from "../../static/policies/editor/surface/label-words.js";

test("a label is followed by the next of its kind", () => {
  const pairs = { "(a)": "(b)", "z.": "aa.", "(Z)": "(AA)", "9.": "10.", "2.9": "2.10", "iv.": "v.", "(i)": "(ii)", "(zz)": "()" };
  for (const [label, next] of Object.entries(pairs)) assert.equal(labelAfter(label), next);
});

test("the label above shows whether one is a letter or a numeral", () => {
  assert.equal(labelAfter("(i)", "(h)"), "(j)");
  assert.equal(labelAfter("(v)", "(iv)"), "(vi)");
  assert.equal(labelAfter("(v)", "(u)"), "(w)");
});

test("labels are alike if they count alike", () => {
  assert.ok(isAlike("(a)", "(f)") && isAlike("2.1", "2.10") && isAlike("1.", null));
  assert.ok(!isAlike("(a)", "(A)") && !isAlike("1.", "1)"));
});

test("each level of lists has labels of its own", () => {
  assert.deepEqual([null, "1.", "(a)", "(i)"].map(firstBelow), ["1.", "(a)", "(i)", "(A)"]);
});

test("a label is taken as somebody meant it; what is none is refused", () => {
  const typed = { c: "(c)", "(c)": "(c)", "2.1": "2.1", iv: "(iv)", aa: "(aa)", xy: "", aB: "", "": "", "(((": "" };
  for (const [words, label] of Object.entries(typed)) assert.equal(meant(words, "(b)"), label, words);
});
