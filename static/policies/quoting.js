// Words that were selected in a text become those that a comment is about: in the review, and where
// a preview link takes comments. Without it, they can be copied into their field.

const form = document.querySelector(".quoting-form");
const button = document.querySelector(".quote-words");
const { section, words, preceding, following, replacement, text } = form.elements;

// Enough to say which of several words that are the same are meant.
const AROUND = 300;

// What is not part of the text, and what does not begin a new line: as quoted_html.py has it.
const LEFT_OUT = "del, .footnote-back, .footnote-ref, .label, .number, .redline-label, .redline-note, .redline-stop, .to-comment";
const IN_LINE = "a, abbr, b, bdi, bdo, cite, code, dfn, em, i, ins, kbd, mark, q, s, samp, small, span, strong, sub, sup, u, var, wbr";

function wordsOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType === Node.ELEMENT_NODE && node.matches(LEFT_OUT)) return "";
  const inside = [...node.childNodes].map(wordsOf).join("");
  return node.nodeType === Node.ELEMENT_NODE && !node.matches(IN_LINE) ? ` ${inside} ` : inside;
}

const readable = (range) => wordsOf(outerOf(range)).replace(/\s+/g, " ").trim();

const elementOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

// The content of a range inside copies of the elements around it: a deletion stays one.
function outerOf(range) {
  let content = range.cloneContents();
  let around = elementOf(range.commonAncestorContainer);
  for (; !around.matches("[data-section]"); around = around.parentElement) {
    const copy = around.cloneNode();
    copy.append(content);
    content = copy;
  }
  return content;
}

// The selected words of one part of the text: of that in which the selection begins.
function selected() {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0).cloneRange();
  const part = elementOf(range.startContainer).closest("[data-section]");
  if (!part) return null;
  const whole = document.createRange();
  whole.selectNodeContents(part);
  if (!part.contains(range.endContainer)) range.setEnd(whole.endContainer, whole.endOffset);
  const chosen = readable(range);
  return chosen && chosen.length <= words.maxLength ? { part, range, whole, chosen } : null;
}

function quote({ part, range, whole, chosen }) {
  const earlier = whole.cloneRange();
  earlier.setEnd(range.startContainer, range.startOffset);
  const later = whole.cloneRange();
  later.setStart(range.endContainer, range.endOffset);
  section.value = part.dataset.section;
  words.value = chosen;
  preceding.value = readable(earlier).slice(-AROUND);
  following.value = readable(later).slice(0, AROUND);
  text.focus();
  if (toItsPlace) bring(range);
}

// Without an account, one writes where the words are: they are in the field for other ones.
const toItsPlace = form.querySelector(".to-its-place");
const home = form.parentElement;

function bring(range) {
  button.parentElement.append(form);
  form.classList.add("in-place");
  putBelow(form, range);
  replacement.value = words.value;
  toItsPlace.hidden = false;
  button.hidden = true;
  form.scrollIntoView({ block: "nearest" });
  replacement.focus();
}

toItsPlace?.addEventListener("click", () => {
  home.append(form);
  form.classList.remove("in-place");
  toItsPlace.hidden = true;
  if (replacement.value === words.value) replacement.value = "";
});
form.addEventListener("keydown", ({ key }) => { if (key === "Escape") toItsPlace?.click(); });
form.addEventListener("submit", () => {
  if (replacement.value.trim() === words.value.trim()) replacement.value = "";
});

// Below the words.
function putBelow(element, range) {
  const last = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
  const page = element.offsetParent.getBoundingClientRect();
  const left = Math.min(last.right, page.right - element.offsetWidth) - page.left;
  element.style.left = `${Math.max(0, left)}px`;
  element.style.top = `${last.bottom - page.top + 6}px`;
}

// The button is below the words, where a phone has its own menu above them.
function offer() {
  const found = selected();
  button.hidden = !found;
  if (!found) return;
  putBelow(button, found.range);
}

document.addEventListener("selectionchange", offer);
addEventListener("resize", offer);
button.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
button.addEventListener("click", () => {
  const found = selected();
  if (found) quote(found);
});

// What was around other words says nothing about those that are typed now.
words.addEventListener("input", () => { preceding.value = following.value = ""; });

// Beside a section: about the words that are selected in it, or about all of it. Before
// desk-forms.js goes to the comment, where nothing is selected.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".part-comment a");
  if (!link) return;
  const found = selected();
  if (found?.part === link.closest(".part-comment").previousElementSibling) quote(found);
  else words.value = preceding.value = following.value = "";
}, { capture: true });
