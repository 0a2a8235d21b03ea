// Makes the editor quick; everything can be done without it, by the buttons of the form.

const form = document.getElementById("draft");
const preview = document.getElementById("preview");
const findings = document.getElementById("findings-list");
const aside = document.querySelector(".beside");
const status = document.getElementById("said");
const state = document.getElementById("state");
const list = form.querySelector(".sections");
document.documentElement.classList.add("scripted");

const MOST = 5_000_000; // of a paste, as on the server

// --- Unsaved changes ---------------------------------------------------------------------------

let unsaved = form.dataset.unsaved === "yes";
let leaving = false;

function changed() {
  unsaved = true;
  state.textContent = "Not saved yet.";
  look();
}

form.addEventListener("input", () => {
  document.querySelector(".messagelist .success")?.remove(); // it is saved no longer
  // The message has been read by now; but one that offers to undo stays.
  if (!status.querySelector("button")) announce("");
  changed();
});
function leave() {
  leaving = true;
  setTimeout(() => { leaving = false; }, 3000);
}
form.addEventListener("submit", leave);
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  if ((unsaved || started().length) && !leaving) event.preventDefault();
});

// --- Going on after a save, or a reply -------------------------------------------------------------

// A save loads a new page: put the writer back where they were, with the replies they had started.
const PLACE = "place-in-editor";
const fields = () => [...form.querySelectorAll("input:not([type=hidden]), textarea, select")];
let field = null;

// The fields for replies and reasons, in the forms beside the text.
const fieldsBeside = () => [...document.querySelectorAll("#comments textarea, #findings-list [name=reason]")];
const started = () => fieldsBeside().filter((it) => it.value.trim());
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
if (place?.path === location.pathname) {
  for (const it of fieldsBeside()) {
    const [, words] = place.beside.find(([name]) => isSame(name, nameOf(it))) ?? [];
    if (!words) continue;
    it.value = words;
    it.closest("details")?.setAttribute("open", "");
  }
}
if (place?.path === location.pathname && place.spot && saved) {
  const { top, field: number, caret } = place.spot;
  const there = fields()[number];
  there?.focus({ preventScroll: true });
  if (caret != null) there?.setSelectionRange?.(caret, caret);
  scrollTo(0, top);
  state.textContent = saved.textContent.trim();
}

// --- What needs a saved text ---------------------------------------------------------------------

// Submitting leaves this page, so replies that were started would be lost.
form.addEventListener("submit", (event) => {
  if (event.submitter?.value !== "submit" || !started().length) return;
  event.preventDefault();
  leaving = false;
  announce("Send or clear the replies and reasons beside the text first, or they would be lost.");
});

// Sending one of these forms loads the page anew, with the text that was saved last.
for (const beside of document.querySelectorAll("#comments, #findings-list")) {
  beside.addEventListener("submit", (event) => {
    if (!unsaved) return;
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

function announce(words) {
  status.querySelector(".to-sections")?.remove();
  const undo = status.querySelector("button");
  status.textContent = words;
  // A removed section can be brought back until another one is removed.
  if (undo && words) status.append(" ", undo);
  // A sticky bar is always in view.
  if (getComputedStyle(status.parentElement).position !== "sticky") {
    status.scrollIntoView({ block: "nearest" });
  }
}

// --- The preview -------------------------------------------------------------------------------

let timer = 0;
let request = new AbortController();

// By this name, the server ends work on an older preview of this window when a newer one comes.
const ofWindow = document.createElement("input");
Object.assign(ofWindow, { type: "hidden", name: "window", value: `${performance.timeOrigin}-${Math.random()}` });
form.append(ofWindow);

function look(after = 400) {
  clearTimeout(timer);
  timer = setTimeout(refresh, after);
}

async function refresh() {
  request.abort();
  const { signal } = request = new AbortController();
  let answer;
  try {
    const response = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), signal });
    answer = await response.json();
    if (response.status === 503) look(2000); // others' long texts come first
  } catch {
    return; // there is a newer one, or logged out, or the server is away: saving will show it
  }
  if (signal.aborted) return;
  aside.classList.toggle("stale", !answer.preview);
  if (!answer.preview) {
    const problems = Object.values(answer.problems ?? {});
    state.textContent = `${unsaved ? "Not saved yet. " : ""}The preview is out of date. ${problems.join(" ")}`;
    return;
  }
  state.textContent = unsaved ? "Not saved yet." : "";
  show(preview, answer.preview);
  if (!isBeingAnswered()) show(findings, answer.findings);
  follow(document.activeElement);
}

// While somebody is writing a reason, the findings are not replaced.
function isBeingAnswered() {
  return started().some((it) => findings.contains(it));
}

function show(place, html) {
  const top = place.scrollTop;
  if (place.setHTMLUnsafe) place.setHTMLUnsafe(html); // makes the shadow tree, too
  else place.innerHTML = html;
  place.scrollTop = top;
}

// The sections that the preview shows, in order: empty ones are left out.
function previewed() {
  return [...list.children].filter((section) =>
    ["heading", "body"].some((name) => section.querySelector(`[name=${name}]`).value.trim()));
}

function headingsOf(root) {
  return [...root.querySelectorAll("h2")];
}

// The section to which an anchor belongs now. (One that was just added has no such id yet.)
function sectionAt(anchor) {
  const root = preview.querySelector(".preview-host")?.shadowRoot;
  const index = root ? headingsOf(root).findIndex((heading) => heading.id === anchor) : -1;
  return previewed()[index];
}

// Scrolls the preview to the section in which somebody is writing.
function follow(element) {
  const section = element?.closest?.(".section");
  const root = preview.querySelector(".preview-host")?.shadowRoot;
  // The buttons in the bar belong to no section.
  if (!root || !form.contains(element) || element.closest(".editor-bar")) return;
  const heading = section && headingsOf(root)[previewed().indexOf(section)];
  const target = heading ?? root.querySelector("h1");
  if (!target) return;
  const offset = target.getBoundingClientRect().top - preview.getBoundingClientRect().top;
  preview.scrollTop += offset - 12;
}

form.addEventListener("focusin", (event) => follow(event.target));

// A finding's link selects its words in the text.
findings.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-find]");
  if (!link) return;
  const id = decodeURIComponent(link.hash.slice(1));
  const place = sectionAt(id.replace(/^at-/, "")) ?? document.getElementById(id);
  const area = place?.matches("textarea, input") ? place : place?.querySelector("textarea");
  if (!area) return;
  event.preventDefault();
  const words = link.dataset.find.replace(/^…|…$/g, "").trim().slice(0, 40);
  const at = area.value.replace(/\s/g, " ").indexOf(words);
  area.focus();
  if (at >= 0) area.setSelectionRange(at, at + words.length);
  area.scrollIntoView({ block: "center" });
});

// --- Sections ----------------------------------------------------------------------------------

function renumber() {
  [...list.children].forEach((section, index) => {
    const number = index + 1;
    section.querySelectorAll(".section-number").forEach((it) => { it.textContent = number; });
    for (const button of section.querySelectorAll("button[value]")) {
      button.value = button.value.replace(/\d+$/, number);
    }
  });
}

let made = 0;

function fresh() {
  const section = list.lastElementChild.cloneNode(true);
  const number = `new-${++made}`;
  section.id = `at-${number}`;
  section.querySelectorAll("input, textarea").forEach((field) => { field.value = ""; });
  section.querySelectorAll(".errornote").forEach((note) => note.remove());
  section.querySelector("textarea").textContent = "";
  section.querySelector("summary").textContent = "The link is made from the heading";
  const [heading, body] = [section.querySelector("[name=heading]"), section.querySelector("[name=body]")];
  section.querySelector(`label[for="${heading.id}"]`).htmlFor = heading.id = `heading-${number}`;
  section.querySelector(`label[for="${body.id}"]`).htmlFor = body.id = `body-${number}`;
  section.querySelector("markdown-toolbar").setAttribute("for", body.id);
  heading.removeAttribute("aria-invalid");
  heading.removeAttribute("aria-describedby");
  return section;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=do]");
  if (!button) return;
  const [order] = button.value.split(":");
  const section = button.closest(".section");
  if (order === "add") {
    event.preventDefault();
    list.append(fresh());
    renumber();
    list.lastElementChild.querySelector("input").focus();
  } else if (order === "up" && section.previousElementSibling) {
    event.preventDefault();
    section.previousElementSibling.before(section);
    moved(section, button);
  } else if (order === "down" && section.nextElementSibling) {
    event.preventDefault();
    section.nextElementSibling.after(section);
    moved(section, button);
  } else if (order === "up" || order === "down") {
    event.preventDefault();
  } else if (order === "remove" && list.children.length > 1) {
    event.preventDefault();
    removed(section);
  } else if (order === "preview") {
    event.preventDefault();
    refresh();
    preview.focus();
  }
});

function moved(section, button) {
  renumber();
  button.focus();
  announce(`Moved to position ${[...list.children].indexOf(section) + 1} of ${list.children.length}.`);
  changed();
}

function removed(section) {
  const place = section.nextElementSibling;
  const heading = section.querySelector("[name=heading]").value || "without a heading";
  section.remove();
  renumber();
  changed();
  status.textContent = "";
  announce(`Removed the section “${heading}”. `);
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "button";
  undo.textContent = `Restore “${heading}”`;
  undo.addEventListener("click", () => {
    list.insertBefore(section, place?.isConnected ? place : null);
    renumber();
    changed();
    announce("");
    section.querySelector("input").focus();
  });
  status.append(undo);
  undo.focus();
}

// By mouse, at the handle.
let dragged = null;
list.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".section-handle");
  if (handle) handle.closest(".section").draggable = true;
});
list.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".section");
  dragged?.classList.add("dragged");
});
list.addEventListener("dragover", (event) => {
  const over = event.target.closest(".section");
  if (!dragged || !over) return;
  event.preventDefault();
  list.querySelectorAll(".drop-before").forEach((it) => it.classList.remove("drop-before"));
  if (over !== dragged) over.classList.add("drop-before");
});
list.addEventListener("drop", (event) => {
  const over = event.target.closest(".section");
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  if (event.clientY > box.top + box.height / 2) over.after(dragged);
  else over.before(dragged);
  moved(dragged, dragged.querySelector("button[value^=up]"));
});
list.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  if (dragged) dragged.draggable = false;
  list.querySelectorAll(".drop-before").forEach((it) => it.classList.remove("drop-before"));
  dragged = null;
});

// --- Text --------------------------------------------------------------------------------------

const TABLE = "\n| Column | Column |\n| --- | --- |\n| Cell | Cell |\n";

function insert(area, text) {
  area.focus();
  // Deprecated, but the only way to insert text that the user can undo.
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Blocks need empty lines around them, or they would become part of the paragraph at the caret.
const BLOCKS = /\n\n|^(?:#{3,6} |[-*+] |\d+[.)] |> |\||```)/;

function apart(area, text) {
  if (!BLOCKS.test(text)) return text;
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const above = before.trim() ? "\n".repeat(Math.max(0, 2 - /\n*$/.exec(before)[0].length)) : "";
  const below = after.trim() ? "\n".repeat(Math.max(0, 2 - /^\n*/.exec(after)[0].length)) : "";
  return above + text + below;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest(".insert-table");
  if (button) insert(document.getElementById(button.closest("markdown-toolbar").getAttribute("for")), TABLE);
});

// Headings of a pasted text stay in the body that it was pasted into, unless the user makes them
// sections.
function offerSections(area, pasted, count) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button to-sections";
  button.textContent = `Turn these ${count} headings into sections`;
  button.addEventListener("click", () => makeSections(area, pasted));
  status.append(" ", button);
}

function makeSections(area, pasted) {
  const at = area.value.indexOf(pasted);
  if (at < 0) {
    announce("The pasted text has changed since. Make the sections by hand.");
    return;
  }
  // The text before the first heading of the highest level; then each heading, and what is below it.
  const [before, ...parts] = pasted.split(/^### +(.*)$/m);
  area.setRangeText(before.trim(), at, at + pasted.length, "end");
  area.value = area.value.trim();
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
function labels() {
  const texts = [...form.querySelectorAll("textarea, [name=heading]")].map((field) => field.value);
  return [...new Set(texts.join("\n").match(/(?<=\[\^)[^\]\s]+(?=\])/g))];
}

form.addEventListener("paste", async (event) => {
  const area = event.target;
  if (!area.matches("textarea")) return;
  const html = event.clipboardData.getData("text/html");
  const plain = event.clipboardData.getData("text/plain");
  if (Math.max(html.length, plain.length) > MOST) {
    event.preventDefault();
    announce("That is more than 5 MB, too much for one text, so nothing was pasted. Paste it in parts, or upload the file.");
    return;
  }
  if (!html) return;
  event.preventDefault();
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("html", html);
  body.set("labels", labels().join(" "));
  try {
    const answer = await (await fetch(form.dataset.paste, { method: "POST", body })).json();
    const pasted = answer.markdown === undefined ? plain : apart(area, answer.markdown);
    insert(area, pasted);
    if (answer.problem || answer.note) announce(answer.problem || answer.note);
    if (answer.headings > 1) offerSections(area, pasted.trim(), answer.headings);
  } catch {
    insert(area, plain);
  }
});

// --- What did not arrive -------------------------------------------------------------------------

// If the server is away, the browser leaves the page all the same. The text that it should have sent
// is kept until this draft is opened again, and offered then, unless it was saved.
const SENT = "text-sent-from-editor";
const NO_TEXT = ["csrfmiddlewaretoken", "window"];
const entries = () => [...new FormData(form)].filter(([name]) => !NO_TEXT.includes(name));

form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  try {
    sessionStorage.setItem(SENT, JSON.stringify({ path: location.pathname, text: entries() }));
  } catch {
    // It is more than the browser can keep.
  }
});

function offerAgain(text) {
  announce("The text that you last sent from here did not arrive.");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Restore it";
  button.addEventListener("click", () => bringBack(text));
  status.append(" ", button);
}

// The server builds the form from it, as it does without scripts.
function bringBack(text) {
  const again = document.createElement("form");
  Object.assign(again, { method: "post", action: form.action, enctype: form.enctype, hidden: true });
  const token = ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value];
  for (const [name, value] of [token, ...text, ["do", "preview"]]) {
    const field = document.createElement("textarea");
    Object.assign(field, { name, value });
    again.append(field);
  }
  document.body.append(again);
  leave();
  again.submit();
}

const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "null");
sessionStorage.removeItem(SENT);
const savesOf = (text) => new Map(text).get("seen_saves");
if (sent?.path === location.pathname && !unsaved && savesOf(sent.text) === savesOf(entries())
  && JSON.stringify(sent.text) !== JSON.stringify(entries())) {
  offerAgain(sent.text);
}
