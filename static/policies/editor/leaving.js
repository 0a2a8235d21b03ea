// Leaving the page: sends its forms in such a way that no text is lost (page-state.js has the states).

import { TEXT_SAVED, notify } from "./events.js";
import { copy, copyUntilSent, isKeeping, isPending, isReachable, keep, keepAtLast, lost } from "./keeping.js";
import { announce, fields, form, list, note, started } from "./page.js";
import { happened, isLeaving, isSending, mustWait } from "./page-state.js";
import { focusLast, forgetPlace, keepLater, keepPlace, keepReplies } from "./returning.js";

form.addEventListener("submit", (event) => {
  const action = event.submitter?.value ?? "";
  if (action === "submit" && started().length) { // leaving this page would lose them
    hold(event);
    announce("Send or clear the replies and reasons beside the text first, or they would be lost.");
  } else if (isSending()) {
    copyUntilSent();
    happened("sent");
    if (["save", "correct"].includes(action)) keepPlace();
  } else {
    sendAfterwards(event);
  }
});

// Sending a reply loads the page anew, with the text that was kept last.
document.getElementById("comments")?.addEventListener("submit", (event) => {
  if (mustWait() || (!isLeaving() && (isPending() || isKeeping()))) sendAfterwards(event);
});
document.addEventListener("submit", (event) => {
  // Usually, desk-findings.js has sent a reason, and this page stays.
  if (event.defaultPrevented || !event.target.closest("#comments, #findings-list")) return;
  happened("sent");
  keepReplies(event.target);
});

function hold(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

let before = Promise.resolve(); // what was sent before
function sendAfterwards(event) {
  hold(event);
  const { target, submitter } = event;
  const next = () => send(target, submitter).finally(() => happened("done"));
  before = before.then(next, next); // also after one that failed
}

// What is being kept must arrive before the form, or it would come back as text that is not saved. And
// without a server, the browser's error would take the place of this page.
async function send(target, submitter) {
  if (!happened("submit")) return;
  if (isKeeping()) await keep();
  if (target !== form && isPending()) await keep();
  if (!(await isReachable())) return;
  if (target === form && submitter?.value === "save" && isPlain() && await isSaved(submitter)) return;
  if (!happened("send")) return;
  if (!submitter || submitter.form === target) target.requestSubmit(submitter);
  else announce("That was not sent, because the page has just changed. Try again."); // a preview has replaced it
}

// Whether a save changes nothing that is shown: then the page stays, and its writer writes on.
function isPlain() {
  const { source_version: chosen, seen_source_version: seen } = form.elements;
  return form.dataset.unsaved === "no" && chosen?.value === seen?.value && !started().length &&
    !form.querySelector(".errornote") &&
    [...list.querySelectorAll("[name=anchor]")].every(({ value, defaultValue }) => value && value === defaultValue);
}

const MAX_WAIT = 60_000; // milliseconds: a long text beside others takes seconds

// Returns whether nothing more is to be sent: the server has saved the text, or can't be reached. If it
// refuses, sending the form shows why.
async function isSaved(submitter) {
  happened("save");
  const sent = fields().map((field) => [field, field.value]);
  const body = new FormData(form, submitter);
  keepPlace(); // whoever leaves meanwhile
  copyUntilSent();
  const headers = { Accept: "application/json" };
  const signal = AbortSignal.timeout(MAX_WAIT);
  const response = await fetch(form.action, { method: "POST", body, headers, signal }).catch(() => null);
  const answer = await response?.json().catch(() => ({}));
  forgetPlace();
  if (!response) lost();
  else if (answer.seen_saves) saved(sent, answer);
  if (document.activeElement === submitter) focusLast();
  return !response || Boolean(answer.seen_saves);
}

function saved(sent, answer) {
  for (const name of ["seen_saves", "seen_parts", "kept"]) form.elements[name].value = answer[name];
  for (const [field, value] of sent) field.defaultValue = value;
  const isAll = sent.length === fields().length && sent.every(([field, value]) => field.isConnected && field.value === value);
  notify(form, TEXT_SAVED, { isAll });
  if (!isAll) return;
  announce(""); // what it offers to undo is saved
  note("saving");
  note("saved", "Saved.");
}

window.addEventListener("pageshow", () => happened("back"));
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
