import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { transform } from "esbuild";

const FOLDER = new URL("../../static/policies/", import.meta.url);
const COMMENT = /^[ \t]*(?:\/\/.*|\/\*\*(?:[^*]|\*(?!\/))*\*\/)\n/gm; // as softphonez_site/static_files.py has it

test("a script is the same without its comments, as it is served", async () => {
  const names = readdirSync(FOLDER, { recursive: true }).filter((name) => name.endsWith(".js"));
  assert.ok(names.length > 30);
  for (const name of names) {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const [whole, served] = [text, text.replace(COMMENT, "")].map((code) => transform(code, { minify: true }));
    assert.equal((await served).code, (await whole).code, name);
  }
});
