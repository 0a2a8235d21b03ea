// From Markdown to what the surface shows. The server reads it, with the grammar of the page.

import { form } from "../page.js";
import { nodeOf, schema } from "./schema.js";
import { remember, written } from "./writing.js";

const DEFINITION = /^ {0,3}\[[^\]\n]+\]:.*$/gm;

// Returns the lines of the draft that define footnotes and the addresses of links.
function definitions(text) {
  const all = [text, ...[...form.querySelectorAll("textarea[name]")].map((area) => area.value)];
  return all.flatMap((part) => part.match(DEFINITION) ?? []).join("\n");
}

async function divided(texts, about) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("texts", JSON.stringify(texts));
  body.set("definitions", about);
  const { problem, isAway, texts: answered } = await fetch(form.dataset.blocks, { method: "POST", body })
    .then((answer) => answer.json())
    .catch(() => ({ problem: "The server could not be asked how to show it.", isAway: true }));
  if (problem) throw Object.assign(new Error(problem), { isAway });
  return answered;
}

// Returns a text's blocks, each with its gap, source, index and node, and its end. What would change
// if it were written again is shown as Markdown. Throws an Error with the reason for the writer; isAway: the
// server did not answer.
export async function read(text) {
  const about = definitions(text);
  const [{ blocks, end }] = await divided([text], about);
  const nodes = blocks.map((block) => block.node && nodeOf(block.node));
  const again = nodes.length && await divided(nodes.map((node) => (node ? written(node) : "")), about);
  for (const [index, block] of blocks.entries()) {
    const [same, ...more] = again[index].blocks;
    const isSame = same?.node && !more.length && nodeOf(same.node).eq(nodes[index]);
    block.node = isSame ? nodes[index] : schema.nodes.markdown.create({ text: block.source });
    block.index = index;
    if (isSame && block.items.length === block.node.childCount) {
      for (const [at, item] of block.node.children.entries()) remember(item, { source: block.items[at] });
    }
  }
  if (blocks.map(({ gap, source }) => gap + source).join("") + end !== text) throw new Error("It can’t be divided.");
  return { blocks, end };
}
