// Finds words as they are read in Markdown, where marks and addresses of links stand between them.

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

// What is not read as part of a sentence: addresses of links, pictures, footnotes, names of signs.
const UNREAD = /\]\([^()\s]*\)|!\[[^\]]*\]|\[\^[^\]\s]+\]|&#?\w+;/g;

const OPENING = /[*_~`[({<"'“‘„«¿¡\\]*$/;
const CLOSING = /^(?:\]\([^()\s]*\)|\[\^[^\]\s]+\]|[^\p{L}\p{N}\p{Ps}\p{Pi}\s|])*/u;
const LONGEST_MARKS = 2_000;

// Returns [start, end] of `words` in `text`, with the marks around them; null if they are not there.
// To words that were cut off ("…") belongs the rest of their sentence.
export function locate(text, words) {
  const readable = text.replace(UNREAD, (found) => " ".repeat(found.length));
  let [start, end] = compare(readable, words) ?? compare(text, words) ?? exactly(text, words);
  if (start < 0) return null;
  if (words.startsWith("…")) [start] = sentenceAt(text, start);
  if (words.endsWith("…")) [, end] = sentenceAt(text, end - 1);
  start -= lengthOf(OPENING, text.slice(Math.max(0, start - LONGEST_MARKS), start));
  return [start, end + lengthOf(CLOSING, text.slice(end, end + LONGEST_MARKS))];
}

const lengthOf = (pattern, text) => pattern.exec(text)?.[0].length ?? 0;

// Only letters and digits count.
function compare(text, words) {
  const wanted = words.match(WORD)?.join(" ");
  const places = [...text.matchAll(WORD)];
  const at = ` ${places.map(([word]) => word).join(" ")} `.indexOf(` ${wanted} `);
  if (!wanted || at < 0) return null;
  let length = 0;
  const first = places.findIndex(([word]) => {
    length += word.length + 1;
    return length > at;
  });
  const last = places[first + wanted.split(" ").length - 1];
  return [places[first].index, last.index + last[0].length];
}

function exactly(text, words) {
  const wanted = words.replace(/^…|…$/g, "").trim();
  const at = wanted ? text.indexOf(wanted) : -1;
  return [at, at + wanted.length];
}

function sentenceAt(text, place) {
  const from = text.lastIndexOf("\n\n", place) + 1;
  const paragraph = text.slice(from).split(/\n\n/, 1)[0];
  const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(paragraph);
  const { index, segment } = sentences.containing(place - from) ?? { index: 0, segment: paragraph };
  return [from + index + segment.search(/\S/), from + index + segment.trimEnd().length];
}
