// Leaving the page: asks before text is lost, and puts the writer back where they were.

import { announce, changed, fields, fieldsBeside, form, isUnsaved, started, state, status } from "./page.js";

let leaving = false;

form.addEventListener("input", () => {
  document.querySelector(".messagelist .success")?.remove(); // it is saved no longer
  // The message has been read by now; but one that offers to undo stays.
  if (!status.querySelector("button")) announce("");
  changed();
});
export function leave() {
  leaving = true;
  setTimeout(() => { leaving = false; }, 3000);
}
function stay() {
  leaving = false;
}
form.addEventListener("submit", leave);
window.addEventListener("pageshow", stay);
window.addEventListener("beforeunload", (event) => {
  if ((isUnsaved() || started().length) && !leaving) event.preventDefault();
});

// A save loads a new page: put the writer back where they were, with the replies they had started.
const PLACE = "place-in-editor";
let field = null;

// A reason's field is named by the keys of its findings, of which a save may leave only some.
const nameOf = (beside) => beside.id || beside.form.elements.key.value;
const isSame = (name, other) => name.split(" ").some((key) => other.split(" ").includes(key));

form.addEventListener("focusin", (event) => {
  if (fields().includes(event.target)) field = event.target;
});
function keep(sent, spot = null) {
  const beside = started().filter((it) => it.form !== sent).map((it) => [nameOf(it), it.value]);
  sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, beside, spot }));
}
form.addEventListener("submit", (event) => {
  if (!["save", "correct"].includes(event.submitter?.value)) return;
  keep(form, { top: scrollY, field: fields().indexOf(field), caret: field?.selectionStart });
});

const place = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
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
if (place?.path === location.pathname && place.spot && saved) {
  const { top, field: number, caret } = place.spot;
  const there = fields()[number];
  there?.focus({ preventScroll: true });
  if (caret != null) there?.setSelectionRange?.(caret, caret);
  scrollTo(0, top);
  state.textContent = saved.textContent.trim();
}

// Submitting leaves this page, so replies that were started would be lost.
form.addEventListener("submit", (event) => {
  if (event.submitter?.value !== "submit" || !started().length) return;
  event.preventDefault();
  stay();
  announce("Send or clear the replies and reasons beside the text first, or they would be lost.");
});

// Sending one of these forms loads the page anew, with the text that was saved last.
for (const beside of document.querySelectorAll("#comments, #findings-list")) {
  beside.addEventListener("submit", (event) => {
    if (!isUnsaved()) return;
    event.preventDefault();
    announce("Save your text first, then send this.");
  });
}
document.addEventListener("submit", (event) => {
  // Usually, desk-findings.js has sent a reason, and this page stays.
  if (event.defaultPrevented || !event.target.closest("#comments, #findings-list")) return;
  leave();
  keep(event.target);
});
