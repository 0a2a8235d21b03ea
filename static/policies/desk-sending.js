// Sends each form of the desk once; asks before sending offline, and before unsent text is lost.

// It asks because the browser may be wrong: a site on the same machine needs no network.
const OFFLINE = "There seems to be no connection. Send it anyway? If not, your text stays here.";

/** @type {PageForm?} */
let sent = null;

document.addEventListener("submit", (event) => {
  const staysHere = event.submitter?.formTarget || event.target.getAttribute("method") === "dialog";
  if (event.defaultPrevented || staysHere) return;
  if (sent) {
    event.preventDefault(); // a second click while the first is on its way
  } else if (!navigator.onLine && !confirm(OFFLINE)) {
    event.preventDefault();
  } else {
    sent = event.target;
    setTimeout(() => { sent = null; }, 3000); // the server may be away
  }
});
window.addEventListener("pageshow", () => { sent = null; });

// The editor (editor/leaving.js) does this itself.
const looksAfterItself = document.getElementById("draft");

// The text that the editor sent last has arrived: it was saved, also before it is submitted, is in the
// editor's form again, or is one of two to choose from.
const copy = sessionStorage.getItem("copy-sent");
sessionStorage.removeItem("copy-sent");
const hasArrived = document.querySelector(".messagelist .success, #submission, #draft[data-unsaved=yes], .conflict");
if (copy && hasArrived) localStorage.removeItem(copy);

function unsent() {
  return [...document.querySelectorAll("textarea:not([hidden]), [name=reason], form[data-unsent]")]
    .filter((element) => element.matches("form") || element.value.trim())
    .map((element) => element.form ?? element)
    .filter((form) => form !== sent);
}

window.addEventListener("beforeunload", (event) => {
  if (looksAfterItself || !unsent().length) return;
  event.preventDefault();
  sent = null; // whoever stays may send it again
});
