import assert from "node:assert/strict";
import { test } from "node:test";
import { inline } from "../../static/policies/editor/surface/inline.js";

const link = { type: { name: "link" }, attrs: { href: "https://example.com/" }, isInSet: (marks) => marks.includes(link) };
const linked = (text) => ({ isText: true, text, marks: [link], type: { name: "text" } });

test("a link of nothing but white space is none", () => {
  assert.equal(inline({ children: [linked(" ")] }), " ");
  assert.equal(inline({ children: [linked("our terms")] }), "[our terms](https://example.com/)");
});
