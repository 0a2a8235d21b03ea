// Makes the forms of the review and publish pages safer; they work without it.

// --- A comment that is being written -------------------------------------------------------------

const comment = document.getElementById("comment-text");
const about = document.getElementById("comment-section");

// Choose what to comment on without loading the link's page, which would have an empty text field.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href$="#comment-text"]');
  if (!link || !comment) return;
  event.preventDefault();
  // The link beside the decision names no section: keep what was chosen before.
  const section = new URLSearchParams(link.getAttribute("href")?.split(/[?#]/)[1]).get("section");
  if (section !== null) about.value = section;
  comment.focus();
});

// --- A link to be sent -----------------------------------------------------------------------------

// Without HTTPS, browsers give pages no access to the clipboard: copy the link by hand then.
if (navigator.clipboard) {
  for (const place of document.querySelectorAll(".to-copy")) {
    const [link, button, state] = place.children;
    button.hidden = false;
    button.addEventListener("click", async () => {
      // The clipboard holds only one link: no other one is "copied" any more.
      for (const other of document.querySelectorAll(".to-copy [role=status]")) other.textContent = "";
      try {
        await navigator.clipboard.writeText(link.value);
        state.textContent = state.dataset.copied;
      } catch {
        link.select();
        state.textContent = state.dataset.refused;
      }
    });
  }
}

// --- When it takes effect ------------------------------------------------------------------------

const effective = document.querySelector("input[name=effective]");
const later = document.querySelector("input[name=when][value=later]");

effective?.addEventListener("input", () => {
  if (effective.value && later) later.checked = true;
  labelButton();
});

// The button names when it takes effect, because publishing at once can't be undone. If it doesn't,
// the server asks. A form that reschedules has no choice but the day.
function labelButton() {
  const button = document.querySelector("button[data-label]");
  if (!button) return;
  const chosen = later ? document.querySelector("input[name=when]:checked")?.value : "later";
  const moment = chosen === "later" ? inWords(effective.value, button) : chosen;
  button.textContent = [button.dataset.label, moment].filter(Boolean).join(" ");
  if (later) button.form.elements.ask.disabled = Boolean(moment);
}

// As the server writes a time of the policy's clock; this browser's own zone must not change it.
function inWords(typed, button) {
  const time = new Date(`${typed}Z`);
  if (Number.isNaN(time.getTime())) return "";
  const day = time.toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" });
  const clock = time.toLocaleTimeString("en-US", { timeStyle: "short", hourCycle: "h23", timeZone: "UTC" });
  return `${later ? "on" : "to"} ${day}, ${clock} ${button.dataset.zone}`;
}

for (const choice of document.querySelectorAll("input[name=when]")) choice.addEventListener("change", labelButton);
labelButton();
window.addEventListener("pageshow", labelButton); // a browser that goes back fills in what was chosen

// --- What readers will see -----------------------------------------------------------------------

const readers = document.querySelector("iframe[name=readers]");

// On a phone the frame is below the form, so nothing would seem to happen.
document.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget === "readers") readers?.scrollIntoView({ block: "nearest" });
});
