import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum } from "../../static/policies/editor/checksum.js";
import { clauseNumber, fitting, referred } from "../../static/policies/editor/reference-words.js";

test("a checksum is that of zlib.crc32 in Python, of UTF-8", () => {
  assert.equal(checksum("123456789"), 0xcbf43926);
  assert.equal(checksum("§ 5 – Gebühren"), 565755475);
});

test("a clause is referred to by its labels, and by its section if they do not have it", () => {
  assert.equal(clauseNumber(["(b)", "(i)"], "2"), "2(b)(i)");
  assert.equal(clauseNumber(["2.", "2.1", "(b)"], "1"), "2.1(b)");
  assert.equal(referred("2. Fees"), "2 (Fees)");
  assert.equal(referred("Fees"), "Fees");
});

test("a place fits if it has all words that were typed, in any order", () => {
  const fees = { words: "Fees", href: "#fees", shown: "2. Fees" };
  const yearly = { words: "2(b)", href: "#fees-b", shown: "(b) Each year" };
  assert.deepEqual(fitting([fees, yearly], ""), [fees, yearly]);
  assert.deepEqual(fitting([fees, yearly], "YEAR each"), [yearly]);
  assert.deepEqual(fitting([fees, yearly], "fees"), [fees, yearly]);
});
