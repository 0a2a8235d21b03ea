// Sends forms without loading the page anew, and replaces the parts of it that have changed.

const LOST = "It is not known whether this was saved. Load the page again to see.";

// place: the part of the page with the forms. show: called with the server's answer, the form and the
// button that was pressed.
export function answerInPlace(place, show) {
  let isSending = false;
  // Below the document, so that desk-sending.js does not take it for a page that is being left.
  place.parentElement.addEventListener("submit", async (event) => {
    const { target: form, submitter: button } = event;
    if (event.defaultPrevented || !place.contains(form) || !button) return;
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    const refuse = (words) => say(words, "error", button.closest("li, .remark, .conflict") ?? place);
    try {
      const headers = { Accept: "application/json" };
      const body = new FormData(form, button);
      const address = button.getAttribute("formaction") ?? form.action;
      const response = await fetch(address, { method: "POST", headers, body });
      const answer = await response.json();
      if (answer.done) show(answer, form, button);
      else refuse(answer.problem ?? LOST);
    } catch {
      refuse(LOST);
    }
    isSending = false;
  });
}

export function put(parts) {
  for (const [id, html] of Object.entries(parts)) document.getElementById(id).innerHTML = html;
}

// A message that a page has already is the place for the next one. Screen readers read what changes
// in a region that is there, so the words come last.
export function say(words, kind, place) {
  const region = document.querySelector(".messagelist") ?? document.createElement("ul");
  Object.assign(region, { className: "messagelist", ariaLive: "polite", tabIndex: -1 });
  place.prepend(region);
  region.innerHTML = `<li class="${kind}"></li>`;
  region.firstChild.textContent = words;
  region.scrollIntoView({ block: "nearest" });
  return region;
}
