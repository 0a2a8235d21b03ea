import assert from "node:assert/strict";
import { test } from "node:test";
import { placesIn, replaceIn } from "../../static/policies/editor/searching.js";

const query = (words, replacement = "", { isCaseMatched = false, isWholeWords = false } = {}) =>
  ({ words, replacement, isCaseMatched, isWholeWords });
const found = (text, ...about) => placesIn(text, query(...about)).map(([start, end]) => text.slice(start, end));

test("words are found as they are read, whatever signs are in them", () => {
  assert.deepEqual(found("The Cus**tom**er is a customer.", "customer"), ["Cus**tom**er", "customer"]);
  assert.deepEqual(found("see clause [39](#end)", "clause 39"), ["clause [39"]);
  assert.deepEqual(found("our\nterms, don’t", "our terms"), ["our\nterms"]);
  assert.deepEqual(found("our\nterms, don’t", "don't"), ["don’t"]);
  assert.deepEqual(found("any", " "), []);
});

test("case and whole words count if somebody wants them to", () => {
  assert.deepEqual(found("Fee, fees", "fee"), ["Fee", "fee"]);
  assert.deepEqual(found("Fee, fees", "fee", "", { isCaseMatched: true }), ["fee"]);
  assert.deepEqual(found("Fee, fees, fée", "fee", "", { isWholeWords: true }), ["Fee"]);
});

test("where links lead is found only by a part of an address", () => {
  const links = "[Client](https://client.example.com/a_(client)) <mailto:client@example.com> [client](#client)";
  const replaced = (words, replacement) => replaceIn(links, query(words, replacement)).after;
  assert.equal(replaced("client", "user"), links.replace("Client", "user").replace("[client]", "[user]"));
  assert.equal(replaced("example.com", "b.org"), links.replaceAll("example.com", "b.org"));
  assert.equal(replaced("client@", "c@"), links.replace("client@", "c@"));
  const written = "Acme, acme.com, www.acme.com/acme, https://acme.eu, legal@acme.com or acme@b.org: Acme. Acme/acme";
  assert.deepEqual(found(written, "acme"), ["Acme", "Acme", "Acme", "acme"]);
  assert.equal(found(written, "acme.com").length, 3);
});

test("what is replaced keeps its signs; where they are in the way, the words are left", () => {
  const replaced = (text, ...about) => replaceIn(text, query(...about));
  assert.deepEqual(replaced("A fee, a **fee**.", "fee", "charge"), { after: "A charge, a **charge**.", replaced: 2, left: 0 });
  assert.equal(replaced("The **Custo**mer", "customer", "Customers").after, "The **Custo**mers");
  assert.deepEqual(replaced("**Cus**tomer, customer", "customer", "client"), { after: "**Cus**tomer, client", replaced: 1, left: 1 });
  assert.deepEqual(replaced("fee", "", "charge"), { after: "fee", replaced: 0, left: 0 });
});

test("in a formatted text, the new words are read as they were typed", () => {
  const replaced = (text, ...about) => replaceIn(text, { ...query(...about), isFormatted: true }).after;
  assert.equal(replaced("All users and a user.", "user", "user*in"), "All user\\*ins and a user\\*in.");
  assert.equal(replaced("| Basic | 9 |", "Basic", "Basic | Plus"), "| Basic \\| Plus | 9 |");
  assert.equal(replaced("Fees", "fees", "1. [y](z) `x`"), "1\\. [y\\](z) \\`x\\`");
  assert.equal(replaceIn("A user.", query("user", "*user*")).after, "A *user*.");
});
