// Answers findings without loading the page anew; their forms work without it.

const list = document.getElementById("findings-list");
const LOST = "It is not known whether this was saved. Load the page again to see.";

let isSending = false;

// Below the document, so that desk-sending.js does not take it for a page that is being left.
list?.parentElement.addEventListener("submit", async (event) => {
  if (event.defaultPrevented || !list.contains(event.target)) return;
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  const form = event.target;
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(form.action, { method: "POST", headers, body: new FormData(form) });
    const answer = await response.json();
    if (answer.done) show(answer, form);
    else say(answer.problem ?? LOST, form.closest("li"), "error");
  } catch {
    say(LOST, form.closest("li"), "error");
  }
  isSending = false;
});

const fields = () => [...list.querySelectorAll("[name=reason]")];
const keysOf = (field) => field.form.elements.key.value.split(" ");

// Puts the new parts into the page, keeps the reasons that were started, goes to the next finding.
function show(answer, form) {
  const answered = [...list.querySelectorAll(".finding")].indexOf(form.closest(".finding"));
  const before = fields().filter((it) => it.form !== form);
  const started = before.filter((it) => it.value).map((it) => [keysOf(it), it.value]);
  const at = before.filter((it) => it.compareDocumentPosition(form) & Node.DOCUMENT_POSITION_FOLLOWING).length;
  for (const [id, html] of Object.entries(answer.parts)) {
    document.getElementById(id).innerHTML = html;
  }
  list.querySelector("details#findings")?.setAttribute("open", "");
  for (const it of fields()) {
    // Of like findings, somebody else may have answered some.
    const [, words] = started.find(([keys]) => keysOf(it).some((key) => keys.includes(key))) ?? [];
    it.value = words ?? "";
  }
  const next = fields()[at] ?? fields().at(-1);
  next?.focus();
  const here = list.querySelectorAll(".finding")[answered];
  const message = say(answer.done, next?.closest("li") ?? here ?? list, "success");
  if (!next) message.focus();
}

// A message that a page has already is the place for the next one. Screen readers read what changes
// in a region that is there, so the words come last.
function say(words, place, kind) {
  const region = document.querySelector(".messagelist") ?? document.createElement("ul");
  Object.assign(region, { className: "messagelist", ariaLive: "polite", tabIndex: -1 });
  place.prepend(region);
  region.innerHTML = `<li class="${kind}"></li>`;
  region.firstChild.textContent = words;
  region.scrollIntoView({ block: "nearest" });
  return region;
}
