// The preview beside the text, made by the server some moments after the last change.

import { findings, form, list, note, preview, started } from "./page.js";

const aside = document.querySelector(".beside");

let timer = 0;
let request = new AbortController();

form.addEventListener("text-changed", () => look());

function look(after = 400) {
  clearTimeout(timer);
  timer = setTimeout(refresh, after);
}

export async function refresh() {
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
    note("preview", `The preview is out of date. ${problems.join(" ")}`);
    return;
  }
  note("preview");
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
export function sectionAt(anchor) {
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
