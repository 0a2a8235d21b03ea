// Leaving the page: asks before text is lost, and puts the writer back where they were.

import {
  asCopy, bringCopy, copy, copyUntilSent, isKeeping, isPending, isReachable, keep as keepText, keepAtLast, lost,
} from "./keeping.js";
import {
  announce, changed, fields, fieldsBeside, form, isLeaving, leave, list, note, started, status, stay,
} from "./page.js";
import { replaceText } from "./selecting.js";

form.addEventListener("input", () => {
  document.querySelector(".messagelist .success")?.remove(); // it is saved no longer
  // The message has been read by now; but one that offers to undo stays.
  if (!status.querySelector("button")) announce("");
  changed();
});

// Submitting leaves this page, so replies that were started would be lost.
form.addEventListener("submit", (event) => {
  if (event.submitter?.value !== "submit" || !started().length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  announce("Send or clear the replies and reasons beside the text first, or they would be lost.");
});

// What is being kept must arrive before the form, or it would come back as text that is not saved. And
// without a server, the browser's error would take the place of this page.
let isChecked = false;
form.addEventListener("submit", (event) => {
  if (isChecked) copyUntilSent();
  else sendAfterwards(event);
  isChecked = false;
});
let before = Promise.resolve(); // what was sent before
function sendAfterwards(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target, submitter } = event;
  const next = () => send(target, submitter);
  before = before.then(next, next); // also after one that failed
}
async function send(target, submitter) {
  if (isKeeping()) await keepText();
  if (target !== form && isPending()) await keepText();
  if (!(await isReachable())) return;
  if (target === form && submitter?.value === "save" && isPlain() && await isSettled(submitter)) return;
  if (submitter && submitter.form !== target) { // a preview has replaced it meanwhile
    announce("That was not sent, because the page has just changed. Try again.");
    return;
  }
  isChecked = target === form;
  leave();
  target.requestSubmit(submitter);
}

// Whether a save changes nothing that is shown: then the page stays, and its writer writes on.
function isPlain() {
  const { source_version: chosen, seen_source_version: seen } = form.elements;
  return form.dataset.unsaved === "no" && chosen?.value === seen?.value && !started().length &&
    !form.querySelector(".errornote") &&
    [...list.querySelectorAll("[name=anchor]")].every((it) => it.value && it.value === it.defaultValue);
}

const MAX_WAIT = 60_000; // milliseconds: a long text beside others takes seconds

// Returns whether a save is settled: the server has saved the text, or can't be reached. If it refuses,
// sending the form shows why.
async function isSettled(submitter) {
  const sent = fields().map((it) => [it, it.value]);
  const body = new FormData(form, submitter);
  leave(Infinity);
  keepPlace(); // whoever leaves meanwhile
  copyUntilSent();
  const headers = { Accept: "application/json" };
  const signal = AbortSignal.timeout(MAX_WAIT);
  const response = await fetch(form.action, { method: "POST", body, headers, signal }).catch(() => null);
  const answer = await response?.json().catch(() => ({}));
  stay();
  forgetPlace();
  if (!response) lost();
  else if (answer.seen_saves) saved(sent, answer);
  if (document.activeElement === submitter) goBack();
  return !response || Boolean(answer.seen_saves);
}

function saved(sent, answer) {
  for (const name of ["seen_saves", "seen_parts", "kept"]) form.elements[name].value = answer[name];
  for (const [it, value] of sent) it.defaultValue = value;
  const isAll = sent.every(([it, value]) => it.isConnected && it.value === value) && sent.length === fields().length;
  form.dispatchEvent(new CustomEvent("text-saved", { detail: { isAll } }));
  if (!isAll) return;
  note("saving");
  note("saved", "Saved.");
}

// To where the writer was before they pressed the button.
function goBack() {
  const there = field?.hidden ? field.nextElementSibling.querySelector("[contenteditable=true]") : field;
  there?.focus({ preventScroll: true });
}
form.addEventListener("submit", () => leave());
window.addEventListener("pageshow", stay);
window.addEventListener("beforeunload", (event) => {
  if (isLeaving()) return;
  if ((isPending() && !copy()) || started().length) event.preventDefault();
});
window.addEventListener("pagehide", () => {
  if (isLeaving()) keepLater();
  else keepAtLast();
});
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[name=do][value=save]"));
});

// A save loads a new page: put the writer back where they were, with the replies they had started.
const PLACE = "place-in-editor";
let field = null;

// A reason's field is named by the keys of its findings, of which a save may leave only some.
const nameOf = (beside) => beside.id || beside.form.elements.key.value;
const isSame = (name, other) => name.split(" ").some((key) => other.split(" ").includes(key));

form.addEventListener("focusin", (event) => {
  // The surface over a text area comes right after it.
  const there = event.target.closest(".surface")?.previousElementSibling ?? event.target;
  if (fields().includes(there)) field = there;
});
function keep(sent, spot = null) {
  const beside = started().filter((it) => it.form !== sent).map((it) => [nameOf(it), it.value]);
  sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, beside, spot }));
}
form.addEventListener("submit", (event) => {
  if (["save", "correct"].includes(event.submitter?.value)) keepPlace();
});
function keepPlace() {
  const anchor = field?.closest(".section")?.querySelector("[name=anchor]").value;
  const place = { field: fields().indexOf(field), name: field?.name, anchor, caret: field?.selectionStart };
  spot = { top: scrollY, ...place, sent: values() };
  keep(form, spot);
}
// Others may have added sections meanwhile.
function fieldAt({ field: number, name, anchor }) {
  const section = [...list.children].find((it) => anchor && it.querySelector("[name=anchor]").value === anchor);
  return section?.querySelector(`[name=${name}]`) ?? fields()[number];
}
function forgetPlace() {
  spot = null;
  sessionStorage.removeItem(PLACE);
}

// What was typed after the form was sent: for the page that comes, or else the next one.
let spot = null;
const values = () => fields().map((it) => [it.name, it.value]);
function keepLater() {
  const later = values();
  if (!spot || String(later) === String(spot.sent)) return;
  copy();
  if (later.length !== spot.sent.length) {
    sessionStorage.removeItem("copy-sent"); // this copy has what did not arrive
    return;
  }
  const typed = field ? field.value.length - spot.sent[spot.field][1].length : 0;
  keep(form, { ...spot, later: asCopy(), caret: spot.caret + typed });
}
// Where the page has another text than was sent, because somebody else had saved, it is offered as text
// that is not saved.
function bringLater({ sent, later }) {
  if (!later) return;
  const names = sent.map(([name]) => name);
  const typed = JSON.parse(later).fields.filter(([name]) => names.includes(name));
  const changed = typed.map((it, at) => [...it, sent[at]?.[1]]).filter(([, value, was]) => value !== was);
  const found = changed.map(([name, value, was]) =>
    [fields().find((it) => it.name === name && it.value.trim() === was?.trim()), value]);
  if (found.every(([there]) => there)) found.forEach(([there, value]) => replaceText(there, value));
  else bringCopy(later);
}

const place = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
forgetPlace();
const message = document.querySelector(".messagelist .success");
function bringBack() {
  if (place?.path !== location.pathname) return;
  for (const it of fieldsBeside()) {
    const [, words] = place.beside.find(([name]) => isSame(name, nameOf(it))) ?? [];
    if (!words || it.value) continue;
    it.value = words;
    it.closest("details")?.setAttribute("open", "");
  }
}
bringBack();
form.addEventListener("previewed", bringBack, { once: true }); // the findings of a long text come later
if (place?.path === location.pathname && place.spot && message) {
  const { top, caret } = place.spot;
  bringLater(place.spot);
  const there = fieldAt(place.spot);
  there?.focus({ preventScroll: true });
  if (caret != null) there?.setSelectionRange?.(caret, caret);
  scrollTo(0, top);
  if (message.isConnected) note("saved", message.textContent.trim());
}

// Sending a reply loads the page anew, with the text that was kept last.
document.getElementById("comments")?.addEventListener("submit", (event) => {
  if (!isLeaving() && (isPending() || isKeeping())) sendAfterwards(event);
});
document.addEventListener("submit", (event) => {
  // Usually, desk-findings.js has sent a reason, and this page stays.
  if (event.defaultPrevented || !event.target.closest("#comments, #findings-list")) return;
  leave();
  keep(event.target);
});
