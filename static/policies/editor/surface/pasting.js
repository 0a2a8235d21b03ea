// Pasting onto the surface: the server turns what other programs write into Markdown, then into
// blocks.

import { announce } from "../page.js";
import { clipboardOf, insertAfterParagraph, offerSections, pastedMarkdown } from "../writing.js";
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
  let count = 0, open = null; // the item or paragraph that the next line may continue
  for (const line of plain.split(/\r?\n|\r/)) {
    const [, label = "", words = line.trim()] = ITEM.exec(line) ?? [];
    if (!words) {
      open = null;
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
  return count < FEWEST_ITEMS ? "" : blocks.map((it) => written(nodeOf(it))).join("\n\n");
}

const isBullet = (label) => /^[-*•]$/.test(label);

function nodeOf(items) {
  const { list_item: item, paragraph, bullet_list: bullets, ordered_list: labelled } = schema.nodes;
  const paragraphOf = ([, words]) => paragraph.create(null, schema.text(words));
  const [[label]] = items;
  if (!label) return paragraphOf(items[0]);
  if (isBullet(label)) return bullets.create(null, items.map((it) => item.create(null, paragraphOf(it))));
  return labelled.create(null, items.map((it) => item.create({ label: it[0] }, paragraphOf(it))));
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
