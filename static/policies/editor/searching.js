// What is found in a text and replaced there: words as they are read, whatever signs of Markdown are in them.

import { asShown } from "./surface/inline.js";

// isFormatted: what takes the place of the words is meant as it is read, and not as Markdown.
/** @typedef {{ words: string, replacement: string, isCaseMatched: boolean, isWholeWords: boolean, isFormatted?: boolean }} Query */

// Anchors, and the labels of footnotes: what only leads from one part of the text to another.
const KEPT = String.raw`\]\(#[^()\s]*\)|\{#[^{}]*\}|\[\^[^[\]\s]+\]`;
// Where links lead, and addresses in the text, of which pages make links: words that are replaced would break them.
const IN_TEXT = String.raw`(?:https?://|www\.)[^()<>[\]\s]+|[\w.+-]+@[\w.-]+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w-])`;
const ADDRESS = String.raw`\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*|(?<![\w.@/+-])(?:${IN_TEXT})`;
const IN_ADDRESSES = /[.:/@]/;
const LETTER = String.raw`[\p{L}\p{N}\p{M}]`;

// Signs that nobody sees where the text is formatted: “**Customer**” reads “Customer”, and clause [39](#end)
// reads clause 39. So few in a row that no text takes long.
const SIGN = String.raw`[*_~\x60]|\\(?=[!-/:-@[-\x60{-~])|\[\^[^[\]\s]+\]|\[|\]\([^()\s]*\)`;
const SIGNS = `(?:${SIGN}){0,12}`;
const HAS_SIGN = new RegExp(SIGN, "u");
const READ = new RegExp(`${SIGN}|([^])`, "gu"); // what is read is the first group

// What is looked for. between: what may be between its characters.
function wanted(words, between) {
  const written = (character) => {
    if (character === " ") return "\\s+"; // lines may be broken there
    return /['’]/.test(character) ? "['’]" : character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  };
  return [...words.replace(/\s+/g, " ")].map(written).join(between);
}

const flagsOf = ({ isCaseMatched }) => (isCaseMatched ? "gu" : "giu");

// Finds the words, after what is kept as the first group; null for nothing.
/** @param {Query} query */
function pattern(query) {
  const { words, isWholeWords } = query;
  if (!words.trim()) return null;
  const found = wanted(words, SIGNS);
  const whole = isWholeWords ? `(?<!${LETTER})${found}(?!${LETTER})` : found;
  const kept = IN_ADDRESSES.test(words) ? KEPT : `${KEPT}|${ADDRESS}`;
  return new RegExp(`(${kept})|${whole}`, flagsOf(query));
}

// Returns where a text has the words: [start, end] of each.
export function placesIn(text, query) {
  const sought = pattern(query);
  if (!sought) return [];
  const found = [...text.matchAll(sought)].filter(([, kept]) => kept === undefined);
  return found.map(({ 0: words, index }) => [index, index + words.length]);
}

// Returns what to replace in words that were found, and with what: [start, end, words]. With signs in them, only
// what differs, so that the signs stay where they are; null if some are in what differs.
export function change(found, query) {
  const { words, replacement } = query;
  const written = query.isFormatted ? asShown : String;
  const isPlain = !HAS_SIGN.test(found) || new RegExp(`^${wanted(words, "")}$`, flagsOf(query)).test(found);
  if (isPlain) return [0, found.length, written(replacement)];
  const now = [...replacement];
  const read = [...found.matchAll(READ)].filter(([, character]) => character !== undefined);
  const most = Math.min(read.length, now.length);
  let start = 0, end = 0;
  while (start < most && read[start][1] === now[start]) start += 1;
  while (end < most - start && read.at(-1 - end)?.[1] === now.at(-1 - end)) end += 1;
  const after = (sign) => sign.index + sign[1].length;
  const gone = read.slice(start, read.length - end);
  if (gone.some((sign, at) => at && sign.index !== after(gone[at - 1]))) return null;
  const from = gone.length ? gone[0].index : start && after(read[start - 1]);
  return [from, gone.length ? after(gone.at(-1)) : from, written(now.slice(start, now.length - end).join(""))];
}

// Returns a text with the words replaced, how many were, and how many were left, since signs are in the way.
export function replaceIn(text, query) {
  let after = "", end = 0, replaced = 0, left = 0;
  for (const [start, stop] of placesIn(text, query)) {
    const found = text.slice(start, stop);
    const edit = change(found, query);
    if (edit) {
      after += text.slice(end, start + edit[0]) + edit[2];
      end = start + edit[1];
      replaced += 1;
    } else {
      left += 1;
    }
  }
  return { after: after + text.slice(end), replaced, left };
}
