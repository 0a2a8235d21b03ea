// A save loads a new page: puts the writer back where they were, with the replies they had started.

import { PREVIEWED } from "./events.js";
import { asCopy, bringCopy, copy } from "./keeping.js";
import { fields, fieldsBeside, form, list, note, started } from "./page.js";
import { replaceText } from "./selecting.js"; // after folding.js, which changes how tall the page is

const PLACE = "place-in-editor";

/** Where the writer was when the form was sent, with what it sent: [name, value] of each field. later: what was
 * typed after that.
 * @typedef {{ top: number, field: number, name?: string, anchor?: string, caret?: number, sent: [string, string][], later?: string }} Spot */

/** @type {Spot?} */
let spot = null;
/** @type {PageElement?} The field that had the focus last. */
let field = null;

form.addEventListener("focusin", (event) => {
  // The surface over a text area comes right after it.
  const focused = event.target.closest(".surface")?.previousElementSibling ?? event.target;
  if (fields().includes(focused)) field = focused;
});

// To where the writer was before they pressed the button.
export function focusLast() {
  const shown = field?.hidden ? field.nextElementSibling.querySelector("[contenteditable=true]") : field;
  shown?.focus({ preventScroll: true });
}

// --- Before the page goes --------------------------------------------------------------------------

// A reason's field is named by the keys of its findings, of which a save may leave only some.
const nameOf = (beside) => beside.id || beside.form.elements.key.value;
const isSame = (name, other) => name.split(" ").some((key) => other.split(" ").includes(key));

// The replies that were started, but for that in the form that is sent.
/** @param {Spot?} place */
export function keepReplies(sent, place = null) {
  const replies = started().filter((reply) => reply.form !== sent);
  const beside = replies.map((reply) => [nameOf(reply), reply.value]);
  sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, beside, spot: place }));
}

/** @returns {[string, string][]} */
const values = () => fields().map(({ name, value }) => [name, value]);

export function keepPlace() {
  const anchor = field?.closest(".section")?.querySelector("[name=anchor]").value;
  const number = field ? fields().indexOf(field) : -1;
  spot = { top: scrollY, field: number, name: field?.name, anchor, caret: field?.selectionStart, sent: values() };
  keepReplies(form, spot);
}

export function forgetPlace() {
  spot = null;
  sessionStorage.removeItem(PLACE);
}

// What was typed after the form was sent: for the page that comes, or else the next one.
export function keepLater() {
  const now = values();
  if (!spot || String(now) === String(spot.sent)) return;
  copy();
  if (now.length !== spot.sent.length) {
    sessionStorage.removeItem("copy-sent"); // this copy has what did not arrive
    return;
  }
  const typed = field ? field.value.length - spot.sent[spot.field][1].length : 0;
  spot = { ...spot, later: asCopy(), caret: (spot.caret ?? 0) + typed };
  keepReplies(form, spot);
}

// --- On the page that comes ------------------------------------------------------------------------

// Others may have added sections meanwhile.
function fieldAt({ field: number, name, anchor }) {
  const section = [...list.children].find((part) => anchor && part.querySelector("[name=anchor]").value === anchor);
  return section?.querySelector(`[name=${name}]`) ?? fields()[number];
}

// Where the page has another text than was sent, because somebody else had saved, it is offered as text
// that is not saved.
function bringLater({ sent, later }) {
  if (!later) return;
  const names = sent.map(([name]) => name);
  const typed = JSON.parse(later).fields.filter(([name]) => names.includes(name));
  const changed = typed.map(([name, value], at) => ({ name, value, was: sent[at]?.[1] })).filter(({ value, was }) => value !== was);
  const found = changed.map(({ name, value, was }) =>
    ({ value, field: fields().find((other) => other.name === name && other.value.trim() === was?.trim()) }));
  if (found.some(({ field }) => !field)) return bringCopy(later);
  for (const { field, value } of found) replaceText(field, value);
}

const place = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
forgetPlace();
const message = document.querySelector(".messagelist .success");
function bringReplies() {
  if (place?.path !== location.pathname) return;
  for (const reply of fieldsBeside()) {
    const [, words] = place.beside.find(([name]) => isSame(name, nameOf(reply))) ?? [];
    if (!words || reply.value) continue;
    reply.value = words;
    reply.closest("details")?.setAttribute("open", "");
  }
}
bringReplies();
form.addEventListener(PREVIEWED, bringReplies, { once: true }); // the findings of a long text come later
if (place?.path === location.pathname && place.spot && message) {
  const { top, caret } = place.spot;
  bringLater(place.spot);
  const focused = fieldAt(place.spot);
  focused?.focus({ preventScroll: true });
  if (caret != null) focused?.setSelectionRange?.(caret, caret);
  scrollTo(0, top);
  if (message.isConnected) note("saved", message.textContent.trim());
}
