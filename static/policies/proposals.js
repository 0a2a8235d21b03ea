// Accepts and declines proposals without loading the page anew; the buttons work without it.

const place = document.getElementById("proposals");
const LOST = "It is not known whether this was done. Load the page again to see.";

let isSending = false;

// Below the document, so that desk-sending.js does not take it for a page that is being left.
place.parentElement.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !place.contains(event.target) || !button) return;
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  const at = buttons().indexOf(button);
  try {
    const headers = { Accept: "application/json" };
    const body = new FormData(event.target, button);
    const response = await fetch(button.formAction, { method: "POST", headers, body });
    const answer = await response.json();
    if (answer.done) place.innerHTML = answer.parts.proposals;
    // The next proposal is now where this one was; without any, the message is all there is.
    const next = buttons()[at] ?? buttons().at(-1);
    const message = say(answer.done ?? answer.problem ?? LOST, answer.done ? "success" : "error", next);
    (next ?? message).focus();
  } catch {
    say(LOST, "error", button);
  }
  isSending = false;
});

// Those about one proposal or conflict: who presses a key twice must not decide on all.
function buttons() {
  return [...place.querySelectorAll(":is(.proposal, .conflict) button")];
}

// Screen readers read what changes in a region that is there, so the words come last.
function say(words, kind, beside) {
  const region = document.querySelector(".messagelist") ?? document.createElement("ul");
  Object.assign(region, { className: "messagelist", ariaLive: "polite", tabIndex: -1 });
  (beside?.closest(".remark, .conflict") ?? place).prepend(region);
  region.innerHTML = `<li class="${kind}"></li>`;
  region.firstChild.textContent = words;
  return region;
}
