// The dialogue for a link.

import { schema } from "./schema.js";

const dialog = document.createElement("dialog");
dialog.className = "link-dialog";
dialog.setAttribute("aria-labelledby", "link-dialog-title");
dialog.innerHTML = `<form method="dialog">
  <h2 id="link-dialog-title">Link</h2>
  <p><label for="link-words">Words</label> <input id="link-words" autocomplete="off"></p>
  <p><label for="link-address">Address</label> <input id="link-address" autocomplete="off" spellcheck="false" aria-describedby="link-help link-problem"></p>
  <p class="help" id="link-help">A web address, an e-mail address, or #section for a place in this text.</p>
  <p class="errornote" id="link-problem" hidden>Enter an address that begins with https://, mailto:, tel:, / or #.</p>
  <p><button value="save" class="button default">Save link</button>
  <button value="remove" class="button" formnovalidate>Remove link</button>
  <button value="cancel" class="button" formnovalidate>Cancel</button></p>
</form>`;
const [words, address] = dialog.querySelectorAll("input");
const problem = dialog.querySelector("#link-problem");
const remove = dialog.querySelector("[value=remove]");

const { link } = schema.marks;

// The link at the selection, as far as it goes.
function linkAt({ doc, selection: { from, to, $from } }) {
  const mark = link.isInSet($from.marks()) ?? $from.nodeAfter?.marks.find(({ type }) => type === link);
  if (!mark) return { from, to, mark: null };
  const [start, end] = [$from.start(), $from.end()];
  let range = { from, to };
  doc.nodesBetween(start, end, (node, pos) => {
    if (!mark.isInSet(node.marks)) return;
    if (pos <= range.to && pos + node.nodeSize >= range.from) {
      range = { from: Math.min(range.from, pos), to: Math.max(range.to, pos + node.nodeSize) };
    }
  });
  return { ...range, mark };
}

// Returns an address as it is written: with the scheme that somebody left out, or "".
function addressOf(typed) {
  const text = typed.trim();
  if (/^[^\s@/:]+@[^\s@/]+\.[a-z]+$/i.test(text)) return `mailto:${text}`;
  if (/^(?:https?:\/\/\S|mailto:\S|tel:\S|#\S|\/(?!\/)|\?)/i.test(text)) return text;
  return /^[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?$/.test(text) ? `https://${text}` : "";
}

// A command: shows the dialogue for the link at the selection.
export function openLink(state, dispatch, view) {
  if (!state.selection.$from.parent.inlineContent || !state.selection.$from.parent.type.allowsMarkType(link)) return false;
  if (!dispatch) return true;
  const { from, to, mark } = linkAt(state);
  const before = state.doc.textBetween(from, to, " ");
  [words.value, address.value] = [before, mark?.attrs.href ?? ""];
  words.parentElement.hidden = Boolean(before);
  remove.hidden = !mark;
  problem.hidden = true;
  // Here, not when it is closed: browsers say so only a little later, when one may be typing again.
  dialog.onsubmit = (event) => {
    const value = event.submitter?.getAttribute("value");
    const href = addressOf(address.value);
    problem.hidden = value !== "save" || Boolean(href);
    address.setAttribute("aria-invalid", String(!problem.hidden));
    if (!problem.hidden) {
      event.preventDefault();
      address.focus();
      return;
    }
    const { tr } = view.state;
    if (value === "remove") tr.removeMark(from, to, link);
    if (value === "save") {
      if (from === to) tr.insertText(words.value.trim() || href, from);
      const end = from === to ? from + (words.value.trim() || href).length : to;
      tr.removeMark(from, end, link).addMark(from, end, link.create({ href, title: mark?.attrs.title ?? null }));
      tr.removeStoredMark(link);
    }
    if (tr.docChanged) view.dispatch(tr);
  };
  dialog.onclose = () => view.focus();
  document.body.append(dialog);
  dialog.showModal();
  (before ? address : words).focus();
  return true;
}
