import assert from "node:assert/strict";
import { test } from "node:test";
import { locate } from "../../static/policies/editor/locating.js";

const located = (text, words) => {
  const place = locate(text, words);
  return place && text.slice(...place);
};

test("words are found with the marks around them", () => {
  assert.equal(located("We keep **your data** for [ten](/x/) years.", "your data for ten years"), "**your data** for [ten](/x/) years.");
  assert.equal(located("a [[DATE]] b", "[[DATE]]"), "[[DATE]]");
  assert.equal(located("- one\n- We keep [TBD].\n\n| x | y |", "We keep [TBD]."), "We keep [TBD].");
  assert.equal(located("| a | b |\n| - | - |\n| [TBD] | y |", "[TBD]"), "[TBD]");
  assert.equal(located("**We** keep [TBD] [of it](https://example.org/a.b)[^1]. Next.", "We keep [TBD] of it."), "**We** keep [TBD] [of it](https://example.org/a.b)[^1].");
  assert.equal(located("First. We keep `code` &amp; a\nnew line. Next.", "We keep code & a new line."), "We keep `code` &amp; a\nnew line.");
  assert.equal(located("a — b", "—"), "—");
  assert.equal(located("our data", "your data"), null);
});

test("to words that were cut off belongs the rest of their sentence", () => {
  const text = "First one. We keep it for ten years and no longer. Last one.";
  assert.equal(located(text, "We keep it…"), "We keep it for ten years and no longer.");
  assert.equal(located(text, "…no longer"), "We keep it for ten years and no longer.");
});
