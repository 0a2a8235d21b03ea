// The preview beside the text, made by the server some moments after the last change.

import { PANEL_SHOWN, PREVIEWED, TEXT_CHANGED, TEXT_SAVED, notify } from "./events.js";
import { findings, form, isUnsaved, list, note, preview, started } from "./page.js";

const aside = document.querySelector(".beside");

/** @type {Element?} */
let written = null; // where somebody has written last

let timer = 0;
let request = new AbortController();

// Milliseconds from the last keystroke to a preview: as long as the last one took, if it took LONG.
const [SOON, LONG, LATE] = [100, 300, 1000];
let pause = SOON;

form.addEventListener(TEXT_CHANGED, () => look());

function look(after = pause) {
  clearTimeout(timer);
  timer = setTimeout(refresh, after);
}

export async function refresh() {
  request.abort();
  request = new AbortController();
  const { signal } = request;
  const began = performance.now();
  let answer;
  try {
    const response = await fetch(form.dataset.preview, { method: "POST", body: sent(), signal });
    answer = await response.json();
    const took = performance.now() - began;
    pause = took < LONG ? SOON : Math.min(took, LATE);
    if (response.status === 412) { // somebody else has saved
      sendsAll = true;
      return refresh();
    }
    if (response.status === 409) { // a save of this page has ended it
      if (!signal.aborted) look();
      return;
    }
    if (response.status === 503) look(2000); // others' long texts come first
  } catch {
    // If there is no newer one, the server is away, or the session has ended: keeping.js says so.
    if (!signal.aborted) aside.classList.add("stale");
    return;
  }
  if (signal.aborted) return;
  aside.classList.toggle("stale", !answer.preview);
  if (!answer.preview) {
    const problems = Object.values(answer.problems ?? {});
    note("preview", `The preview is out of date. ${problems.join(" ")}`);
    return;
  }
  note("preview");
  showPreview(answer.preview);
  if (!isBeingAnswered()) showFindings(answer.findings);
  show(document.getElementById("visits"), answer.visits);
  notify(form, PREVIEWED);
  follow(document.activeElement);
}

form.addEventListener(PANEL_SHOWN, () => follow(written));

// The server has the bodies of sections that are as they were saved, if this page shows what is saved.
let opened = form.elements.seen_saves.value;
let sendsAll = isUnsaved();
form.addEventListener(TEXT_SAVED, () => { opened = form.elements.seen_saves.value; });

function sent() {
  const data = new FormData(form);
  sendsAll ||= form.elements.seen_saves.value !== opened;
  data.delete("body");
  const unsent = [];
  for (const section of list.children) {
    const [anchor, body] = ["anchor", "body"].map((name) => section.querySelector(`[name=${name}]`));
    const isSaved = !sendsAll && anchor.value && [anchor, body].every(({ value, defaultValue }) => value === defaultValue);
    if (isSaved) unsent.push(anchor.value);
    data.append("body", isSaved ? "" : body.value);
  }
  data.set("unsent", unsent.join(" "));
  data.set("place", written?.closest(".section")?.querySelector("[name=heading]").value ?? "");
  const parts = [...articleIn(preview)?.children ?? [], ...findings.children];
  data.set("have", parts.map((part) => part.dataset.digest ?? "").join(" "));
  return data;
}

// While somebody is writing a reason, the findings are not replaced.
function isBeingAnswered() {
  return started().some((field) => findings.contains(field));
}

function show(place, html) {
  const top = place.scrollTop;
  if (place.setHTMLUnsafe) place.setHTMLUnsafe(html); // makes the shadow tree, too
  else place.innerHTML = html;
  place.scrollTop = top;
}

function articleIn(place) {
  return place.querySelector(".preview-host")?.shadowRoot?.querySelector("article");
}

function made(html) {
  const place = document.createElement("div");
  show(place, html);
  return place;
}

function showPreview(html) {
  const [old, article] = [articleIn(preview), articleIn(made(html))];
  if (old && article) showParts(old, article);
  else show(preview, html);
}

// Unless it leaves out what an answer to a finding has replaced meanwhile.
function showFindings(html) {
  const parts = made(html);
  const shown = [...findings.children].map(({ dataset }) => dataset.digest);
  const missing = [...parts.querySelectorAll(":scope > [data-digest]:empty")].find(({ dataset }) => !shown.includes(dataset.digest));
  if (missing) look();
  else showParts(findings, parts);
}

// Changes only the parts that are others now: the rest stays in its place, and costs nothing.
function showParts(old, { children }) {
  const parts = [...children];
  const wanted = new Set(parts.map((part) => part.dataset.digest));
  const kept = new Map();
  for (const part of [...old.children]) {
    if (part.dataset.digest && wanted.has(part.dataset.digest)) kept.set(part.dataset.digest, part);
    else part.remove();
  }
  parts.forEach((made, index) => {
    const part = kept.get(made.dataset.digest) ?? made;
    if (old.children[index] !== part) old.insertBefore(part, old.children[index] ?? null);
  });
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
export function sectionAt(anchor) {
  if (!sections) {
    const [root, shown] = [preview.querySelector(".preview-host")?.shadowRoot, previewed()];
    sections = new Map(root ? headingsOf(root).map((heading, index) => [heading.id, shown[index]]) : []);
    queueMicrotask(() => { sections = null; }); // all findings ask at once
  }
  return sections.get(anchor);
}

/** @type {Map<string, PageElement>?} */
let sections = null;

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

form.addEventListener("focusin", ({ target }) => {
  if (!target.closest(".editor-bar")) written = target;
  follow(target);
});

// With a long text, the page comes without its findings.
if (findings.querySelector("[data-late]")) refresh();
