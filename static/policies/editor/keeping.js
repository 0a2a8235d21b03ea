// Keeps the text, some seconds after the last change, for the person who writes it: on the server or,
// while that can't be reached, in this browser.

import { TEXT_CHANGED, TEXT_SAVED } from "./events.js";
import { form, note } from "./page.js";
import { isLeaving } from "./page-state.js";

// Milliseconds.
const AFTER_CHANGE = 3_000;
const AT_LEAST_EVERY = 15_000; // while somebody goes on writing
const MAX_PAUSE = 60_000; // between attempts, while the server can't be reached
const MAX_WAIT = 10_000; // for an answer
const COPIES_FOR = 90 * 24 * 3_600_000; // as on the server
// Bytes that a browser still sends from a page that it leaves (Fetch Standard: 64 KiB).
const MAX_LAST = 60_000;

const NO_CONNECTION = "No connection.";
const PROBLEMS = { 403: "You may not write in this draft any more.", 413: "The text is too long." };

let pending = false; // whether something was typed that the server does not have
let since = 0;
let pause = AFTER_CHANGE;
let timer = 0;
/** @type {Promise<void>?} */
let request = null;

export const isPending = () => pending;
export const isKeeping = () => request !== null;

const fieldsNow = () => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");

form.addEventListener(TEXT_CHANGED, () => {
  if (!pending) since = Date.now();
  pending = true;
  later(Math.max(0, Math.min(AFTER_CHANGE, since + AT_LEAST_EVERY - Date.now())));
});

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(keep, wait);
}

// One request at a time. Afterwards, `isPending` says whether the server has the text. It must not
// arrive after a form that was sent, or the text would come back as one that is not saved.
export function keep() {
  if (isLeaving()) {
    copy(); // the server may be slow
    later(AFTER_CHANGE);
    return Promise.resolve();
  }
  clearTimeout(timer);
  request ??= attempt().finally(() => { request = null; });
  return request;
}

async function attempt() {
  pending = false;
  const answer = await send(fieldsNow());
  if (!answer.kept) {
    failed(answer);
    return;
  }
  form.elements.kept.value = answer.kept;
  pause = AFTER_CHANGE;
  localStorage.removeItem(OWN_COPY);
  note("trouble");
  if (!pending) note("saving", `Saved ${answer.at}, for you only.`, answer.note ?? "");
}

function failed({ problem, isLoggedOut = false }) {
  pending = true;
  const isCopied = copy();
  note("saving");
  if (isLoggedOut) note("trouble", "You are logged out.", logIn(isCopied));
  else note("trouble", problem, isCopied ? "Your text is kept in this browser." : "Leave this page open.");
  later(pause);
  pause = Math.min(pause * 2, MAX_PAUSE);
}

// Returns whether the server answers. If not, the page says so.
export async function isReachable() {
  try {
    const signal = AbortSignal.timeout(MAX_WAIT);
    const { status } = await fetch(form.dataset.alive, { method: "HEAD", cache: "no-store", signal });
    if (status < 502) return true; // above, a proxy says that it is away
  } catch {
    // no answer
  }
  lost();
  return false;
}
export const lost = () => failed({ problem: NO_CONNECTION });

function logIn(isCopied) {
  const link = document.createElement("a");
  Object.assign(link, { href: form.dataset.logIn, target: "_blank", textContent: "Log in in another tab" });
  const words = document.createElement("span");
  words.append(link, isCopied ? "; your text is kept here." : "; leave this page open.");
  return words;
}

const tokenNow = () => form.elements.csrfmiddlewaretoken.value;
const bodyOf = (fields, token) => new URLSearchParams([["csrfmiddlewaretoken", token], ...fields]);

// Returns the server's answer: { kept, at, note }, or { problem, isLoggedOut }.
async function send(fields, token = tokenNow(), isAgain = false) {
  const body = bodyOf(fields, token);
  const headers = { Accept: "application/json" };
  const signal = AbortSignal.timeout(MAX_WAIT);
  let response;
  let answer;
  try {
    response = await fetch(form.dataset.keep, { method: "POST", headers, body, signal });
    answer = await response.json();
  } catch {
    return { problem: PROBLEMS[response?.status] ?? NO_CONNECTION };
  }
  // Somebody has logged in since this page was loaded: the same person, or else this is refused.
  if (answer.token && !isAgain) return send(fields, answer.token, true);
  if (answer.kept) {
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token;
  }
  return { problem: NO_CONNECTION, ...answer, isLoggedOut: response.status === 401 };
}

// Whoever comes back to the page may have logged in, or found a network.
for (const name of ["online", "focus", "blur", "pageshow"]) {
  window.addEventListener(name, () => { if (pending) keep(); });
}
document.addEventListener("visibilitychange", () => { if (pending) keep(); });

// --- Copies in this browser: of one person, one draft and one window each ------------------------

const COPIES = `unsaved-text ${form.elements.writer.value} ${location.pathname} `;
const OWN_COPY = COPIES + form.elements.window.value;

export const asCopy = () => JSON.stringify({ fields: fieldsNow(), at: Date.now() });

// Returns whether the browser could keep it.
export function copy() {
  try {
    localStorage.setItem(OWN_COPY, asCopy());
    return true;
  } catch {
    return false;
  }
}

// All that was sent is saved, or else the rest is kept later.
form.addEventListener(TEXT_SAVED, ({ detail: { isAll } }) => {
  sessionStorage.removeItem("copy-sent");
  localStorage.removeItem(OWN_COPY);
  pending = !isAll;
  note("trouble");
  if (isAll) clearTimeout(timer);
  else later(AFTER_CHANGE);
});

// A save that does not arrive leaves the page all the same. One that arrives is recognised by the
// next page (desk-sending.js), which removes the copy.
export function copyUntilSent() {
  if (copy()) sessionStorage.setItem("copy-sent", OWN_COPY);
}

// The page is being left.
export function keepAtLast() {
  if (!pending || !copy()) return;
  const body = bodyOf(fieldsNow(), tokenNow());
  if (body.toString().length < MAX_LAST) fetch(form.dataset.keep, { method: "POST", body, keepalive: true });
}

const NOT_TEXT = ["window", "kept", "writer", "seen_saves", "seen_parts", "opened_parts"];
const textOf = (fields) => JSON.stringify(fields.filter(([name]) => !NOT_TEXT.includes(name)));

// Gives copies that were left here to the server, which shows them when the page is loaded again.
async function bringCopies() {
  let isNew = false;
  for (const [key, kept] of Object.entries(localStorage)) {
    if (!key.startsWith(COPIES)) continue;
    const { fields, at } = JSON.parse(kept);
    const isOld = Date.now() - at > COPIES_FOR || textOf(fields) === textOf(fieldsNow());
    if (!isOld && !(await send(fields)).kept) return;
    localStorage.removeItem(key);
    isNew ||= !isOld;
  }
  if (isNew && !pending) location.replace(form.action);
}
bringCopies();

// A copy that desk-sending.js has removed, since its form has arrived: all but what was typed then.
export function bringCopy(copied) {
  localStorage.setItem(OWN_COPY, copied);
  bringCopies();
}
