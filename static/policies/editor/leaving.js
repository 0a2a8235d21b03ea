// Leaving the page: asks before text is lost, and puts the writer back where they were.

import { PLACE, placeOf, typedEarly } from "./early.js";
import {
  copy, copyUntilSent, isKeeping, isPending, isReachable, keep as keepText, keepAtLast, lost,
} from "./keeping.js";
import {
  announce, changed, fields, fieldsBeside, form, isLeaving, leave, note, started, status, stay,
} from "./page.js";
import { replaceRange, replaceText } from "./selecting.js";

const SAVES = ["save", "correct"];

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
let before = Promise.resolve(); // one after another
function sendAfterwards(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target, submitter } = event;
  before = before.then(() => send(target, submitter));
}
async function send(target, submitter) {
  const isSave = target === form && SAVES.includes(submitter?.value);
  if (isSave && isLoading && isAsSent()) return; // a second click
  isLoading = false;
  if (isKeeping()) await keepText();
  if (target !== form && isPending()) await keepText();
  if (!(await isReachable())) return;
  if (isSave && await isSettled(submitter)) return;
  isChecked = target === form;
  leave();
  target.requestSubmit(submitter);
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
  if (SAVES.includes(event.submitter?.value)) keepPlace();
});
function keepPlace() {
  spot = { top: scrollY, field: fields().indexOf(field), caret: field?.selectionStart, sent: values() };
  keep(form, spot);
}

// Returns whether a save is settled: the server has saved the text, or can't be reached. If it refuses,
// sending the form shows why.
async function isSettled(submitter) {
  leave(Infinity);
  keepPlace();
  copyUntilSent();
  const body = new FormData(form, submitter);
  const headers = { Accept: "application/json" };
  const response = await fetch(form.action, { method: "POST", body, headers }).catch(() => null);
  if (!response) {
    stay();
    lost();
    return true;
  }
  const { saves } = await response.json().catch(() => ({}));
  if (!saves) return false;
  form.elements.seen_saves.value = saves;
  loadWhenNobodyTypes();
  return true;
}

// Browsers drop what is typed while they load a page: so it is loaded in a pause.
const PAUSE = 1_000; // milliseconds
let typedAt = 0;
form.addEventListener("input", () => { typedAt = performance.now(); });
let isLoading = false;
async function loadWhenNobodyTypes() {
  isLoading = true;
  const pause = () => isAsSent() ? 0 : typedAt + PAUSE - performance.now();
  while (pause() > 0) {
    copy();
    await new Promise((resolve) => setTimeout(resolve, pause()));
  }
  if (isLoading) location.assign(form.action);
}

// What was typed after the form was sent: for the page that comes, or else the next one.
let spot = null;
const values = () => fields().map((it) => [it.name, it.value]);
const isAsSent = () => String(values()) === String(spot.sent);
function keepLater() {
  if (!spot || isAsSent()) return;
  const later = values();
  copy();
  if (later.length !== spot.sent.length) {
    sessionStorage.removeItem("copy-sent"); // this copy has what did not arrive
    return;
  }
  const now = fields().indexOf(field);
  const typed = field ? field.value.length - spot.sent[now][1].length : 0;
  const caret = now === spot.field ? spot.caret + typed : field?.selectionStart;
  keep(form, { ...spot, top: scrollY, field: now, later, caret });
}
function bringLater({ sent, later = [] }) {
  later.forEach(([name, value], at) => {
    const was = sent[at]?.[1];
    const there = fields().find((it) => it.name === name && it.value.trim() === was?.trim());
    if (value !== was && there) replaceText(there, value);
  });
}

const place = placeOf();
sessionStorage.removeItem(PLACE);
const saved = document.querySelector(".messagelist .success");
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
const early = typedEarly();
if (place?.path === location.pathname && place.spot && saved) {
  const { top, field: number, caret } = place.spot;
  bringLater(place.spot);
  const there = fields()[number];
  there?.focus({ preventScroll: true });
  if (caret != null) there?.setSelectionRange?.(caret, caret);
  if (early && caret != null && there) replaceRange(there, caret, caret, early);
  scrollTo(0, top);
  if (saved.isConnected) note("saving", saved.textContent.trim());
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
