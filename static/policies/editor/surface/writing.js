// From the surface to Markdown. What was not changed is written as its source.

import { escapedLine, inline } from "./inline.js";

// Of each node that was read or written: its Markdown, the block that it was, and whether it still
// is the same.
const known = new WeakMap();

export function remember(node, block) {
  known.set(node, { text: block.source, block, isSame: true });
}

// Returns the Markdown of each block, with its place in the document and the gap before it; and the
// end. blocks: those that the text was opened with, each with its gap, source, node and index. end:
// what was behind the last one.
export function pieces(doc, { blocks, end }) {
  const all = [];
  let before;
  doc.forEach((node, pos, place) => {
    const piece = known.get(node) ?? look(node, blocks, place, doc.childCount);
    if (!piece.text) return; // an empty paragraph
    all.push({ gap: gap(before, piece, blocks), text: piece.text, pos });
    before = piece;
  });
  return { all, end: before && before.block === blocks.at(-1) ? end : "" };
}

export function markdown(doc, opened) {
  const { all, end } = pieces(doc, opened);
  return all.map(({ gap: white, text }) => white + text).join("") + end;
}

// What is between two blocks: what was there, if that still divides them.
function gap(before, { block, isSame }, blocks) {
  if (!before) return block && block === blocks[0] ? block.gap : "";
  const follows = block && before.block && blocks[block.index] === block && before.block === blocks[block.index - 1];
  return follows && ((isSame && before.isSame) || /\n[ \t]*\n/.test(block.gap)) ? block.gap : "\n\n";
}

// A change that was undone makes a node that equals the one that was read.
function look(node, blocks, place, count) {
  const same = [blocks[place], blocks.at(place - count), ...blocks].find((other) => other?.node.eq(node));
  const block = same ?? (count === blocks.length ? blocks[place] : null);
  const found = { text: same?.source ?? written(node), block, isSame: Boolean(same) };
  known.set(node, found);
  return found;
}

// Returns the Markdown of one block, whatever it was read from.
export function written(node, isNested = false) {
  switch (node.type.name) {
    case "paragraph": return lines(inline(node)) + anchor(node);
    case "heading": return `${"#".repeat(node.attrs.level)} ${inline(node, "<br>").replace(/#+$/, "\\$&")}${anchor(node)}`;
    case "rule": return isNested ? "***" : "---";
    case "code_block": return fenced(node);
    case "quotation": return all(node).join("\n\n").replace(/^/gm, "> ").replace(/^> $/gm, ">");
    case "bullet_list": return list(node, () => `${node.attrs.sign} `, isNested);
    case "ordered_list": return list(node, sign, isNested);
    case "table": return table(node);
    case "note": return `[^${node.attrs.label}]: ${all(node).join("\n\n").replace(/\n(?=[^\n])/g, "\n    ")}`;
    default: return /\S/.test(node.attrs.text) ? node.attrs.text : "";
  }
}

const all = (node) => node.children.map((child) => written(child, true));
const trim = (text) => text.replace(/^[ \t]+|[ \t]+$/g, ""); // no-break spaces are words
const lines = (text) => text.split("\n").map((line) => escapedLine(trim(line))).join("\n");
const anchor = ({ attrs }) => (attrs.anchor ? ` {#${attrs.anchor}}` : "");

function fenced({ attrs, textContent }) {
  const longest = Math.max(2, ...(textContent.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${attrs.info}\n${textContent.replace(/([^\n])$/, "$1\n")}${fence}`;
}

// A label and the space behind it: two spaces where one would leave it a word of the text. body: its
// Markdown, in which a clause that references lead to begins with their target.
function sign({ attrs: { label } }, body) {
  const isWord = /^[A-Z]+\.$/.test(label) || (/^\d+(\.\d+)+\.?$/.test(label) && !/^[^\p{L}\p{N}\s_]*(?![a-z])\p{L}/u.test(body))
    || (/^[a-z]+\.$/.test(label) && /^\p{L}\./u.test(body));
  return `${label}${isWord ? "  " : " "}`;
}

const APART = ["table", "quotation"];
const FIRST = /^\(?[aAiI1][.)]|^(?:\d+\.)+1\.?$/;

function list(node, signOf, isNested) {
  const isTight = node.attrs.tight && node.children.every((item) => item.children.every((child, at) => !at || child.type.name !== "paragraph"));
  const items = node.children.map((item) => {
    const source = known.get(item)?.text;
    if (!isNested && source?.startsWith(trim(signOf(item, "")))) return source;
    let body = "";
    item.children.forEach((child, at) => {
      // A list can only follow the line of a paragraph if it begins at the beginning.
      const isFirst = child.type.name !== "ordered_list" || FIRST.test(child.firstChild.attrs.label ?? "1.");
      // Below anything but a paragraph, these would go on in what is above them.
      const isApart = APART.includes(child.type.name) && item.child(Math.max(0, at - 1)).type.name !== "paragraph";
      body += (at ? (isTight && isFirst && !isApart ? "\n" : "\n\n") : "") + written(child, true);
    });
    const start = signOf(item, body);
    return trim(start + body.replace(/\n(?=[^\n])/g, `\n${" ".repeat(start.length)}`));
  });
  return items.join(isTight ? "\n" : "\n\n");
}

const RULES = { left: ":---", center: ":---:", right: "---:" };

function table(node) {
  const row = (cells) => `| ${cells.join(" | ")} |`;
  const rows = node.children.map((cells) => row(cells.children.map((cell) =>
    trim(inline(cell.firstChild, "<br>")).replaceAll("|", "\\|"))));
  const rule = row(node.firstChild.children.map((cell) => RULES[cell.attrs.align] ?? "---"));
  return [rows[0], rule, ...rows.slice(1)].join("\n");
}
