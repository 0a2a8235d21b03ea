// Sections that are closed to a line: a long text is not a long row of open boxes.

import { form, list } from "./page.js";
import { makeWay } from "./panel.js";

// Up to so many sections are open at first; of more, those that this window had open before, or
// the first one.
const MOST_OPEN = 30;
const MOST_SHOWN = 40; // characters of a text in the line of its closed section

const OPENED = `open-sections ${location.pathname}`;

const isOpen = (section) => !section.classList.contains("closed");

// The section that an element is in is opened, so that it can be seen and have the focus.
export function reveal(element) {
  if (form.contains(element)) makeWay();
  const section = element?.closest(".section");
  if (!section || isOpen(section)) return;
  setOpen(section, true);
  remember();
}

export function setAllOpen(open) {
  for (const section of list.children) setOpen(section, open);
  remember();
}

function setOpen(section, open) {
  section.classList.toggle("closed", !open);
  section.querySelector(".section-toggle").ariaExpanded = open;
  const body = section.querySelector(".section-body");
  if (open) body.removeAttribute("hidden");
  else body.setAttribute("hidden", "until-found"); // the browser's own search finds it
  describe(section);
}

// In order, since a save gives sections other ids.
function remember() {
  sessionStorage.setItem(OPENED, JSON.stringify([...list.children].map(isOpen)));
}

function describe(section) {
  const [heading, body] = ["heading", "body"].map((name) => section.querySelector(`[name=${name}]`).value);
  const words = body.slice(0, 4 * MOST_SHOWN).replace(/\]\([^)]*\)|[*_`|#[\]]+/g, "").trim();
  section.querySelector(".section-heading").textContent = heading || "No heading";
  section.querySelector(".section-words").textContent = words.length > MOST_SHOWN
    ? `${words.slice(0, MOST_SHOWN).replace(/\s+\S*$/, "")}…` : words;
}

form.addEventListener("click", (event) => {
  const toggle = event.target.closest(".section-toggle");
  if (!toggle) return;
  setOpen(toggle.closest(".section"), toggle.ariaExpanded !== "true");
  remember();
});
form.addEventListener("beforematch", (event) => reveal(event.target));
form.addEventListener("input", (event) => {
  const section = event.target.closest(".section");
  if (section && !isOpen(section)) describe(section);
});
new MutationObserver(remember).observe(list, { childList: true });

// A link to what is in a closed section opens it.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) reveal(document.getElementById(decodeURIComponent(link.hash.slice(1))));
});

const before = JSON.parse(sessionStorage.getItem(OPENED) ?? "[]");
[...list.children].forEach((section, index) => {
  const open = before[index] ?? (index === 0 || list.children.length <= MOST_OPEN);
  setOpen(section, open || section.querySelector(".errornote") !== null);
});
const target = form.querySelector(":target");
reveal(target);
target?.scrollIntoView();
