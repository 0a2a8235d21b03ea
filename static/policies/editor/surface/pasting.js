// Pasting onto the surface: the server turns what other programs write into Markdown, then into
// blocks.

import { Fragment, Plugin, Slice, TextSelection } from "../../../vendor/prosemirror/index.js";
import { announce } from "../page.js";
import { clipboardOf, insertAfterParagraph, offerSections, pastedMarkdown } from "../writing.js";
import { isList } from "./commands.js";
import { schema } from "./schema.js";
import { written } from "./writing.js";

// Looks after a paste, or leaves it to ProseMirror.
export function paste(surface, event) {
  const { html, plain } = clipboardOf(event);
  if (plain === undefined) return;
  // What was copied here has all that the surface knows of it; code takes words only.
  if (html.includes("data-pm-slice") || surface.view.state.selection.$from.parent.type.spec.code) return;
  const lists = html ? "" : listed(plain);
  if (!html && !lists) return;
  event.preventDefault();
  insert(surface, html, plain, lists);
}

// A line with a label or a bullet, as mails and PDFs have them.
const ITEM = /^\s*(\((?:[a-z]{1,5}|\d{1,3})\)|\d{1,3}(?:\.\d{1,3})+\.?|\d{1,3}[.)]|[a-z][.)]|[-*•])\s+(\S.*)$/iu;
const FEWEST_ITEMS = 2;

// Returns plain text that has lists as Markdown, in which nothing else is markup; "" for any other.
function listed(plain) {
  const blocks = []; // each the items of a list, or a paragraph: [label, words]
  let count = 0, open; // the item or paragraph that the next line may continue
  for (const line of plain.split(/\r?\n|\r/)) {
    const [, label = "", words = line.trim()] = ITEM.exec(line) ?? [];
    if (!words) {
      open = undefined;
    } else if (!label && open && /^\p{Ll}/u.test(words) && !/[.:;]$/.test(open[1])) {
      open[1] += ` ${words}`;
    } else {
      const above = blocks.at(-1)?.at(-1)[0];
      open = [label, words];
      if (label && above && isBullet(label) === isBullet(above)) blocks.at(-1).push(open);
      else blocks.push([open]);
      if (label) count += 1;
    }
  }
  return count < FEWEST_ITEMS ? "" : blocks.map((items) => written(nodeOf(items))).join("\n\n");
}

const isBullet = (label) => /^[-*•]$/.test(label);

function nodeOf(items) {
  const { list_item: item, paragraph, bullet_list: bullets, ordered_list: labelled } = schema.nodes;
  const paragraphOf = ([, words]) => paragraph.create(null, schema.text(words));
  const [[label]] = items;
  if (!label) return paragraphOf(items[0]);
  if (isBullet(label)) return bullets.create(null, items.map((line) => item.create(null, paragraphOf(line))));
  return labelled.create(null, items.map((line) => item.create({ label: line[0] }, paragraphOf(line))));
}

async function insert(surface, html, plain, lists) {
  try {
    const answer = lists ? { markdown: lists } : await pastedMarkdown(html);
    await surface.insert(answer.markdown ?? plain).catch(() => {
      // The surface can't show so much, say: then its text area will.
      insertAfterParagraph(surface.area, answer.markdown ?? plain, surface.caret);
    });
    if (answer.problem || answer.note) announce(answer.problem || answer.note);
    if (answer.headings > 1) offerSections(surface.area, answer.markdown.trim(), answer.headings);
  } catch {
    surface.view.pasteText(plain);
  }
}

const { nodes } = schema;

// How deep a place is in a list or table: in the outermost or, of tables only, the innermost; 0: it is in none.
const outermost = ($pos) => depths($pos).find((depth) => isList($pos.node(depth)) || isTable($pos, depth)) ?? 0;
const innermostTable = ($pos) => depths($pos).findLast((depth) => isTable($pos, depth)) ?? 0;
const depths = ($pos) => Array.from({ length: $pos.depth }, (_, above) => above + 1);
const isTable = ($pos, depth) => $pos.node(depth).type === nodes.table;

// Returns a transaction in which what was pasted is in place of the selection; null: ProseMirror does that well.
// A cell takes paragraphs and lists as its lines. What else it can't have goes behind its table, and headings go
// behind the item of a list, which they would take the text after them into.
export function put(tr, { content: { content: blocks }, openStart }) {
  const { $from } = tr.selection;
  const isPart = openStart > 0 && blocks.length === 1 && (blocks[0].isTextblock || blocks[0].type === nodes.table);
  if (!outermost($from) || isPart || blocks[0]?.isInline) return null;
  const hasHeading = blocks.some((block) => block.type === nodes.heading);
  if (innermostTable($from) && blocks.every(isText)) {
    const lines = blocks.flatMap((block) => linesOf(block));
    if ($from.parentOffset && blocks[0].type !== nodes.paragraph) lines.unshift([]); // a label begins a line
    return tr.replaceSelection(cellOf(lines));
  }
  if (!hasHeading && !innermostTable($from)) return openStart || blocks.length > 1 ? null : intoEmptyItem(tr, blocks[0]);
  tr.deleteSelection();
  const depth = hasHeading ? outermost(tr.selection.$from) : innermostTable(tr.selection.$from);
  return depth ? behind(tr, depth, blocks) : tr.replaceSelection(new Slice(Fragment.from(blocks), 0, 0));
}

// Whether a block has paragraphs and lists only.
const isText = (block) => block.type === nodes.paragraph || ((isList(block) || block.type === nodes.list_item) && block.children.every(isText));

// Returns each line of a paragraph, list or item as its words. mark: what the first one begins with.
function linesOf(block, mark = "") {
  if (block.type === nodes.paragraph) return [mark ? [schema.text(`${mark} `), ...block.children] : block.children];
  const markOf = (at) => (block.type === nodes.list_item && !at ? block.attrs.label ?? "•" : "");
  return block.children.flatMap((child, at) => linesOf(child, markOf(at)));
}

function cellOf(lines) {
  const words = lines.flatMap((line, at) => (at ? [nodes.hard_break.create(), ...line] : line));
  return new Slice(Fragment.from(words), 0, 0);
}

const isEmptyItem = (node) => node.type === nodes.list_item && node.childCount === 1 && node.firstChild.isTextblock && !node.textContent;

// The items of a list take the place of an item without words.
function intoEmptyItem(tr, block) {
  const { $from } = tr.selection;
  if (!isList(block) || !isEmptyItem($from.node(-1))) return null;
  const items = block.children.map((item) => item.type.create(null, item.content));
  return tr.replaceWith($from.before(-1), $from.after(-1), items);
}

// Puts blocks behind the table at a depth, or behind the item of the list at that depth, which ends there; an item
// without words goes.
function behind(tr, depth, blocks) {
  const { $from } = tr.selection;
  let pos = $from.after(depth);
  if (isList($from.node(depth))) {
    pos = $from.after(depth + 1) + 1;
    if ($from.indexAfter(depth) < $from.node(depth).childCount) tr.split(pos - 1);
  }
  tr.insert(pos, blocks);
  tr.setSelection(TextSelection.near(tr.doc.resolve(pos + Fragment.from(blocks).size), -1));
  if (isList($from.node(depth)) && isEmptyItem($from.node(depth + 1))) {
    const emptied = $from.index(depth) ? depth + 1 : depth;
    tr.delete($from.before(emptied), emptied === depth ? pos : $from.after(emptied));
  }
  return tr;
}

export const placing = new Plugin({
  props: {
    /** ProseMirror would make a table of lines that are pasted into a cell.
     * @returns {any} null elsewhere, which it allows */
    clipboardTextParser(text, $context) {
      const lines = text.trim().split(/(?:\r?\n)+/).filter(Boolean);
      return innermostTable($context) ? cellOf(lines.map((line) => [schema.text(line)])) : null;
    },
    handlePaste(view, _, slice) {
      const tr = put(view.state.tr, slice);
      if (tr) view.dispatch(tr.scrollIntoView());
      return Boolean(tr);
    },
  },
});
