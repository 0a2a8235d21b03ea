// What goes into a text area: tables, and what is pasted.

import { announce, changed, form, list, offer } from "./page.js";
import { fresh, renumber } from "./sections.js";
import { replaceRange, replaceText } from "./selecting.js";

const MAX_PASTE = Number(form.dataset.maxPaste); // bytes, as the server counts them
const TOO_MUCH = `That is more than ${MAX_PASTE / 1e6} MB, too much for one text, so nothing was pasted. Paste it in parts, or upload the file.`;

const TABLE = "| Column | Column |\n| --- | --- |\n| Cell | Cell |";

const insert = (area, text) => replaceRange(area, area.selectionStart, area.selectionEnd, text);

// Blocks need empty lines around them, or they would become part of the paragraph at the caret.
const BLOCKS = /\n\n|^(?:#{3,6} |[-*+] |\d+[.)] |> |\||```)/;

function apart(area, text) {
  if (!BLOCKS.test(text)) return text;
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  return missing(before, before.replace(/\n+$/, "")) + text + missing(after, after.replace(/^\n+/, ""));
}

// The line breaks that are missing between a text and a block. rest: the text without those that it has.
const missing = (text, rest) => (text.trim() ? "\n".repeat(Math.max(0, 2 - text.length + rest.length)) : "");

form.addEventListener("click", (event) => {
  const button = event.target.closest(".insert-table");
  if (!button) return;
  const area = document.getElementById(button.closest("markdown-toolbar").getAttribute("for"));
  insertAfterParagraph(area, TABLE, area.selectionEnd);
});

// After the paragraph with the caret: within a paragraph, a table would be none.
export function insertAfterParagraph(area, text, caret) {
  const end = caret + area.value.slice(caret).search(/\n[ \t]*\n|\s*$/);
  area.setSelectionRange(end, end);
  insert(area, apart(area, text));
}

// Headings of a pasted text stay in the body that it was pasted into, unless the user makes them
// sections.
export function offerSections(area, pasted, count) {
  const button = offer(`Turn these ${count} headings into sections`, () => makeSections(area, pasted));
  button.classList.add("to-sections");
}

function makeSections(area, pasted) {
  const at = area.value.indexOf(pasted);
  if (at < 0) {
    announce("The pasted text has changed since. Make the sections by hand.");
    return;
  }
  // The text before the first heading of the highest level; then each heading, and what is below it.
  const [before, ...parts] = pasted.split(/^### +(.*)$/m);
  replaceText(area, (area.value.slice(0, at) + before.trim() + area.value.slice(at + pasted.length)).trim());
  let place = area.closest(".section");
  for (let index = 0; index < parts.length; index += 2) {
    const section = fresh();
    section.querySelector("[name=heading]").value = parts[index].trim();
    section.querySelector("[name=body]").value = parts[index + 1].trim().replace(/^####/gm, "###");
    if (place) place.after(section);
    else list.prepend(section);
    place = section;
  }
  // Remove the empty section with which the form began.
  for (const section of [...list.children]) {
    const words = [...section.querySelectorAll("input[name=heading], textarea")];
    if (list.children.length > 1 && words.every((field) => !field.value.trim())) section.remove();
  }
  renumber();
  changed();
  announce(`Made ${parts.length / 2} sections.`);
  place.scrollIntoView({ block: "nearest" });
}

// The labels of footnotes that are in use anywhere in the draft: those of a paste have to be others.
export function labels() {
  const texts = [...form.querySelectorAll("textarea, [name=heading]")].map((field) => field.value);
  return [...new Set(texts.join("\n").match(/(?<=\[\^)[^\]\s]+(?=\])/g))];
}

// What is pasted, unless it is too much.
export function clipboardOf(event) {
  const [html, plain] = ["text/html", "text/plain"].map((type) => event.clipboardData.getData(type));
  if ([html, plain].every((text) => new Blob([text]).size <= MAX_PASTE)) return { html, plain };
  event.preventDefault();
  announce(TOO_MUCH);
  return {};
}

// Asks the server for the Markdown of what another program wrote into the clipboard.
export async function pastedMarkdown(html) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("html", html);
  body.set("labels", labels().join(" "));
  return (await fetch(form.dataset.paste, { method: "POST", body })).json();
}

form.addEventListener("paste", async (event) => {
  const area = event.target;
  if (!area.matches("textarea")) return;
  const { html, plain } = clipboardOf(event);
  if (!html) return;
  event.preventDefault();
  try {
    const answer = await pastedMarkdown(html);
    const pasted = answer.markdown === undefined ? plain : apart(area, answer.markdown);
    insert(area, pasted);
    if (answer.problem || answer.note) announce(answer.problem || answer.note);
    if (answer.headings > 1) offerSections(area, pasted.trim(), answer.headings);
  } catch {
    insert(area, plain);
  }
});
