// Pasting onto the surface: the server turns what other programs write into Markdown, then into
// blocks.

import { announce } from "../page.js";
import { MAX_PASTE, offerSections, pastedMarkdown, TOO_MUCH } from "../writing.js";

// Returns whether it looks after the paste.
export function paste(surface, event) {
  const html = event.clipboardData.getData("text/html");
  const plain = event.clipboardData.getData("text/plain");
  if (Math.max(html.length, plain.length) > MAX_PASTE) {
    announce(TOO_MUCH);
    return true;
  }
  // What was copied here has all that the surface knows of it; code takes words only.
  if (!html || html.includes("data-pm-slice") || surface.view.state.selection.$from.parent.type.spec.code) return false;
  insert(surface, html, plain);
  return true;
}

async function insert(surface, html, plain) {
  try {
    const answer = await pastedMarkdown(html);
    await surface.insert(answer.markdown ?? plain);
    if (answer.problem || answer.note) announce(answer.problem || answer.note);
    if (answer.headings > 1) offerSections(surface.area, answer.markdown.trim(), answer.headings);
  } catch {
    surface.view.dispatch(surface.view.state.tr.insertText(plain));
  }
}
