// The parts of the editor's page, and what all modules of the editor share.

import { TEXT_CHANGED, notify } from "./events.js";

export const form = document.getElementById("draft");
export const preview = document.getElementById("preview");
export const findings = document.getElementById("findings-list");
export const list = form.querySelector(".sections");
export const state = document.getElementById("state");
export const status = document.getElementById("said");

// Shows what only scripts can use; first, since it changes how tall the page is.
document.documentElement.classList.add("scripted");

// By this name, the server knows this window: it ends work on an older preview when a newer one comes,
// and keeps one unsaved text.
const ofWindow = document.createElement("input");
Object.assign(ofWindow, { type: "hidden", name: "window", value: `${performance.timeOrigin}-${Math.random()}` });
form.append(ofWindow);

export const fields = () => [...form.querySelectorAll(":is(input:not([type=hidden]), textarea, select)[name]")];

// The fields for replies and reasons, in the forms beside the text.
export const fieldsBeside = () => [...document.querySelectorAll("#comments textarea, #findings-list [name=reason]")];
export const started = () => fieldsBeside().filter((field) => field.value.trim());

let unsaved = form.dataset.unsaved === "yes";
export const isUnsaved = () => unsaved;

// What the bar says. Of text that saves itself, every few seconds, screen readers say nothing.
const notes = { saving: [], saved: [], trouble: [], preview: [] };
export function note(about, ...words) {
  notes[about] = words;
  state.setAttribute("aria-live", about === "saving" ? "off" : "polite");
  const said = document.createElement("span");
  said.append(...Object.values(notes).flat().flatMap((part) => [part, " "]));
  if (said.textContent !== state.textContent) state.replaceChildren(...said.childNodes);
}

// Says that the text is another now.
export function changed() {
  unsaved = true;
  note("saved");
  note("saving", "Not saved yet.");
  notify(form, TEXT_CHANGED);
}

export function announce(words) {
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

// A button beside what was announced.
export function offer(label, act) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button", textContent: label });
  button.addEventListener("click", act);
  status.append(" ", button);
  return button;
}

form.addEventListener("input", () => {
  document.querySelector(".messagelist .success")?.remove(); // it is saved no longer
  // The message has been read by now; but one that offers to undo stays.
  if (!status.querySelector("button")) announce("");
  changed();
});
