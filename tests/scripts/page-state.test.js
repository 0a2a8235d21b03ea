import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { happened, isLeaving, isSending, mustWait, TRANSITIONS } from "../../static/policies/editor/page-state.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => {
  for (const event of ["done", "back"]) happened(event);
  mock.timers.reset();
});

test("every transition leads to a state, and every state back to writing", () => {
  for (const [state, transitions] of Object.entries(TRANSITIONS)) {
    for (const next of Object.values(transitions)) assert.ok(next in TRANSITIONS, `${state} leads to ${next}`);
    if (state !== "idle") assert.ok(Object.values(transitions).includes("idle"), `${state} is for ever`);
  }
});

test("while a form is kept or saved, others wait; while it is sent, nobody is asked", () => {
  const seen = ["submit", "save", "send", "sent"].map((event) => [happened(event), mustWait(), isSending(), isLeaving()]);
  assert.deepEqual(seen, [
    [true, true, false, false], // keeping
    [true, true, false, true], // saving
    [true, false, true, true], // sending
    [true, false, false, true], // left
  ]);
});

test("a form that was not sent leaves the page as it was", () => {
  for (const events of [["submit"], ["submit", "save"], ["submit", "send"]]) {
    for (const event of events) assert.ok(happened(event));
    assert.ok(happened("done"));
    assert.ok(!isLeaving() && !mustWait());
  }
});

test("on a page that is being left, a second click does nothing", () => {
  happened("sent");
  for (const event of ["submit", "save", "send", "done"]) assert.equal(happened(event), false);
  assert.ok(isLeaving());
});

test("a page that is still there after three seconds stays", () => {
  happened("sent");
  mock.timers.tick(2000);
  happened("sent"); // another form: the time begins anew
  mock.timers.tick(2000);
  assert.ok(isLeaving());
  mock.timers.tick(1000);
  assert.ok(!isLeaving());
});

test("a page that a browser goes back to stays", () => {
  happened("sent");
  happened("back");
  assert.ok(!isLeaving());
});
