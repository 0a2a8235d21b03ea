// The text of a save that did not reach the server, offered when the draft is opened again.

import { announce, form, isUnsaved, offer } from "./page.js";
import { leave } from "./leaving.js";

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
  offer("Restore it", () => bringBack(text));
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
if (sent?.path === location.pathname && !isUnsaved() && savesOf(sent.text) === savesOf(entries())
  && JSON.stringify(sent.text) !== JSON.stringify(entries())) {
  offerAgain(sent.text);
}
