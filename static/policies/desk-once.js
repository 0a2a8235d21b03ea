// Every form of the desk is sent once: here, a second click while the first is on its way is none.
// (Without scripts it reaches the server, which does nothing twice.)

let sent = false;

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.submitter?.formTarget) return; // it leaves this page where it is
  if (sent) event.preventDefault();
  sent = true;
  setTimeout(() => { sent = false; }, 3000); // the server may be away
});
window.addEventListener("pageshow", () => { sent = false; });
