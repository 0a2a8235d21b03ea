// Accepts and declines proposals without loading the page anew; the buttons work without it.

import { answerInPlace, put, say } from "./desk-in-place.js";

const place = document.getElementById("proposals");
// Those about one proposal or conflict: who presses a key twice must not decide on all.
const buttons = () => [...place.querySelectorAll(":is(.proposal, .conflict) button")];

// The next proposal is then where this one was, below the message, which is not about it; without
// any, the message is all there is.
answerInPlace(place, (answer, _, button) => {
  const at = buttons().indexOf(button);
  put(answer.parts);
  const next = buttons()[at] ?? buttons().at(-1);
  const above = document.createElement("div");
  next?.closest(".remark, .conflict").before(above);
  const message = say(answer.done, "success", next ? above : place);
  (next ?? message).focus();
});
