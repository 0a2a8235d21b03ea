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
  assert.equal(located("a — b", "—"), "—");
  assert.equal(located("our data", "your data"), null);
});

test("to words that were cut off belongs the rest of their sentence", () => {
  const text = "First one. We keep it for ten years and no longer. Last one.";
  assert.equal(located(text, "We keep it…"), "We keep it for ten years and no longer.");
  assert.equal(located(text, "…no longer"), "We keep it for ten years and no longer.");
});
