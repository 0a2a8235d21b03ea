// Whether the editor's page stays: the states that it can be in, and what leads from one to another.

// idle: somebody writes. keeping: a form is to be sent; what would be lost with this page is kept first.
// saving: the server saves the text, and the page stays. sending: the form is being sent. left: it was sent,
// so this page goes; unless the server is away.
export const TRANSITIONS = {
  idle: { submit: "keeping", sent: "left" },
  keeping: { save: "saving", send: "sending", sent: "left", done: "idle" },
  saving: { send: "sending", sent: "left", done: "idle" },
  sending: { sent: "left", done: "idle" },
  left: { sent: "left", back: "idle" },
};
const LEFT_FOR = 3000; // milliseconds

let state = "idle";
let timer = 0;

// Returns whether it leads anywhere from this state; if not, nothing changes.
export function happened(event) {
  const next = TRANSITIONS[state][event];
  if (!next) return false;
  state = next;
  clearTimeout(timer);
  if (state === "left") timer = setTimeout(happened, LEFT_FOR, "back");
  return true;
}

// Forms are sent one after the other.
export const mustWait = () => state === "keeping" || state === "saving";
export const isSending = () => state === "sending";
// Then nobody is asked before the page goes, and nothing is kept that could arrive after what was sent.
export const isLeaving = () => state !== "idle" && state !== "keeping";
