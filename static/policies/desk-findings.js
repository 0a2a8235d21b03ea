// Answers findings without loading the page anew; their forms work without it.

import { answerInPlace, put, say } from "./desk-in-place.js";

const list = document.getElementById("findings-list");
const fields = () => [...list.querySelectorAll("[name=reason]")];
const keysOf = (field) => field.form.elements.key.value.split(" ");

if (list) answerInPlace(list, show);

// Puts the new parts into the page, keeps the reasons that were started, goes to the next finding.
function show(answer, form) {
  const answered = [...list.querySelectorAll(".finding")].indexOf(form.closest(".finding"));
  const before = fields().filter((field) => field.form !== form);
  const started = before.filter(({ value }) => value).map((field) => [keysOf(field), field.value]);
  const at = before.filter((field) => field.compareDocumentPosition(form) & Node.DOCUMENT_POSITION_FOLLOWING).length;
  put(answer.parts);
  list.querySelector("details#findings")?.setAttribute("open", "");
  for (const field of fields()) {
    // Of like findings, somebody else may have answered some.
    const [, words] = started.find(([keys]) => keysOf(field).some((key) => keys.includes(key))) ?? [];
    field.value = words ?? "";
  }
  const next = fields()[at] ?? fields().at(-1);
  const here = list.querySelectorAll(".finding")[answered];
  const finding = next?.closest("li");
  const message = say(answer.done, "success", finding ?? here ?? list);
  finding?.scrollIntoView({ block: "nearest" });
  (next ?? message).focus();
}
