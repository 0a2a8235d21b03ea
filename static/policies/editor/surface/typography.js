// Signs as they are printed in the language of a text: quotes, dashes, spaces before marks in French.

import { InputRule } from "../../../vendor/prosemirror/index.js";

// By language: quotes, and quotes within them: opening and closing. Source: Unicode CLDR, delimiters.
const ENGLISH = ["“”", "‘’"];
const GERMAN = ["„“", "‚‘"];
const FRENCH = ["«»", "“”"];
const SWISS = ["«»", "‹›"];
const POLISH = ["„”", "«»"];
const QUOTES = {
  en: ENGLISH, de: GERMAN, cs: GERMAN, sk: GERMAN, sl: GERMAN, bg: GERMAN, fr: FRENCH, es: FRENCH, "it": FRENCH,
  pt: ENGLISH, nl: ["“”", "‘’"], pl: POLISH, ro: POLISH, hu: ["„”", "»«"], sv: ["””", "’’"],
  fi: ["””", "’’"], da: ["“”", "‘’"], nb: ["«»", "‘’"], nn: ["«»", "‘’"], ru: ["«»", "„“"], uk: ["«»", "„“"],
  el: ["«»", "“”"], tr: ENGLISH, he: ["””", "’’"], ar: ["”“", "’‘"], ja: ["「」", "『』"], zh: ENGLISH,
};
const NARROW = "\u202f";
const FIXED = "\u00a0";
const OPENS = /(?:^|[\s([{\u2013\u2014/\u00ab\u2018\u201c\u201e\u201a-])$/u;

const TYPOGRAPHY = "editor-typography";
export let isOn = true;
try {
  isOn = localStorage.getItem(TYPOGRAPHY) !== "off";
} catch {
  // The browser keeps nothing, so each page begins anew.
}
export function turn(on) {
  isOn = on;
  try {
    localStorage.setItem(TYPOGRAPHY, on ? "on" : "off");
  } catch {
    // It is as chosen until the page is left.
  }
}

const SCHEME = /\b(?:https?|mailto|tel)$/i;

// What becomes of a sign behind the words before it, in a language: [words, how many characters before it go];
// null: nothing.
/** @returns {[string, number] | null} */
export function printed(sign, before, lang = "en") {
  const isSwiss = lang.toLowerCase().endsWith("-ch");
  const [language] = lang.toLowerCase().split("-");
  const isFrench = language === "fr" && !isSwiss;
  if (sign === '"' || sign === "'") return [quote(sign, before, isSwiss ? SWISS : QUOTES[language] ?? ENGLISH, isFrench), 0];
  if (!isFrench || SCHEME.test(before)) return null;
  const found = /[\p{L}\p{N})\u00bb]( ?)$/u.exec(before);
  const isTime = sign === ":" && /\d$/.test(before);
  return found && !isTime ? [(sign === ":" ? FIXED : NARROW) + sign, found[1].length] : null;
}

function quote(sign, before, [outer, inner], isFrench) {
  const isOpening = OPENS.test(before);
  if (sign === "'" && !isOpening && /[\p{L}\p{N}]$/u.test(before)) return "’"; // an apostrophe, mostly
  const [opening, closing] = sign === '"' ? outer : inner;
  const space = isFrench && opening === "«" ? NARROW : "";
  return isOpening ? opening + space : space + closing;
}

// lang: of the text.
export const typography = (lang) => [
  new InputRule(/(?:^|.)(["';:!?])$/su, (state, [, sign], _start, end) => {
    const { parent, parentOffset } = state.doc.resolve(end);
    const made = isOn && !isCode(state) && printed(sign, parent.textBetween(0, parentOffset, " ", " "), lang);
    return made ? state.tr.insertText(made[0], end - made[1], end) : null;
  }),
  new InputRule(/[^-]--$/, (state, _, _start, end) => (isOn && !isCode(state) ? state.tr.insertText("–", end - 1, end) : null)),
];

const isCode = ({ selection: { $from }, storedMarks, schema }) =>
  Boolean(schema.marks.code.isInSet(storedMarks ?? $from.marks()));
