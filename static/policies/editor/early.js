// Keeps what is typed into the page that a save loads, before its text has the focus again. Loaded
// asynchronously: it must run while the rest of the page is still on its way.

export const PLACE = "place-in-editor";
export const placeOf = () => JSON.parse(sessionStorage.getItem(PLACE) ?? "null");

let typed = "";

function collect(event) {
  const { key } = event;
  const isCommand = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");
  if (isCommand || event.isComposing || (key.length > 1 && !["Backspace", "Enter"].includes(key))) return;
  event.preventDefault();
  if (key === "Backspace") typed = typed.slice(0, -1);
  else typed += key === "Enter" ? "\n" : key;
}

// Returns it; from now on, the text gets what is typed.
export function typedEarly() {
  document.removeEventListener("keydown", collect, true);
  return typed;
}

const place = placeOf();
if (document.readyState !== "complete" && place?.spot && place.path === location.pathname) {
  document.addEventListener("keydown", collect, true);
  window.addEventListener("load", typedEarly); // in case the editor's other scripts can't be had
}
