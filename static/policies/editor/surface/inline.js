// The words of a paragraph as Markdown. None of them turns into markup: as in
// policies/text/importing/inline_markdown.py, only what could be read as such gets a backslash.

const SIGNS = { strong: "**", strike: "~~", em: "_" };
const OUTERMOST = ["link", "strong", "strike", "em"];

const VERBATIM = /\{\{.*?\}\}|\{%.*?%\}|https?:\/\/[^\s<>[\]()"'`{}\\^|&*]*[^\s<>[\]()"'`{}\\^|&*_~.,:;!?]/gu;
const SPECIAL = /[\\`*]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|\[(?=[\^\]])|\](?=\()|<(?=[A-Za-z/!?])|\{(?=[{%]|$|:?[ \t]*(?:[#.:]|[A-Za-z][\w:-]*=))|(?<=\{)\{|(?<=~)~|~(?=~|$)|^~/gu;
const ENTITY = /&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,31};)/g;
// The end of a text that could be read together with what comes next.
const LAST = /[[\]<!]$|&(?=#?\w*$)/;
const LINE_START = /^(?:#(?=#{0,5}(?:[ \t]|$)|[*_[`]*\p{L}|#{1,5}[*_[`]*[\p{L}\p{N}])|>|[-+](?=[ \t]|$)|-(?=[-\s:|]*$)|=+(?=[ \t]*$)|\||[:~](?=[-: \t]|$)|\[(?=(?:[^\]\\]|\\.)*\]:))/u;
const LETTERS = "(?:[ivxlcdm]+|[a-z]|([a-z])\\1)";
const LABEL = new RegExp(`^(?:(?=\\()|\\d{1,9}(?=[.)])|\\d{1,3}(?=\\.\\d)|${LETTERS}(?=[.)]))(?=\\(?\\w+(?:\\.\\d+)*[.)]?(?:\\s|$)|[.)](?:\\s|$)|(?:\\.\\d+)+(?:\\s|$))`, "i");

// Before a bracket it would be read as the words of a link.
const FOOTNOTE = /\[\^[^[\]]+\]$/;

// An address has all signs up to its end.
const ADDRESS = /https?:\/\/[^\s<>[\]()"'`{}\\^|&]*$/;
const OF_ADDRESS = /^[^\s<>[\]()"'`{}\\^|&]/;
const WORD = /[\p{L}\p{N}]/u;
const PUNCTUATION = /[\p{P}\p{S}]/u;
const NO_WORD = /^$|[\s\p{P}\p{S}]/u;

export function escapedLine(line) {
  const label = LABEL.exec(line);
  if (label) return `${label[0]}\\${line.slice(label[0].length)}`;
  return LINE_START.test(line) ? `\\${line}` : line;
}

// Returns Markdown that shows words as they are, wherever they stand: in a cell, too.
export function asShown(words) {
  return escapedLine(escaped(words, "", false)).replaceAll("|", "\\|");
}

// Returns the words of a block. breaks: what a line break becomes.
export function inline(block, breaks = "<br>\n") {
  return written(block.children, [], { before: "", after: "", breaks });
}

// done: the marks that are written already. before: what comes before. after: the character after.
function written(spans, done, { before, after, breaks }) {
  let out = "";
  for (let at = 0; at < spans.length;) {
    const previous = out || before;
    const [mark, end] = outermost(spans, at, done);
    const next = first(spans[end], mark ? [...done, mark] : done) || after;
    if (mark) {
      const part = spans.slice(at, end), inner = [...done, mark], sign = SIGNS[mark.type.name]?.[0] ?? "]";
      out += marked(mark, written(part, inner, { before: sign, after: sign, breaks }), previous, next)
        ?? written(part, inner, { before: previous, after: next, breaks });
    } else {
      const text = piece(spans[at], next, { breaks, inLink: done.some((mark) => mark.type.name === "link") });
      out += text.startsWith("(") && FOOTNOTE.test(previous) ? `\\${text}` : text;
    }
    at = end;
  }
  return out;
}

// Returns the mark that goes furthest from a span on, and where it ends.
function outermost(spans, start, done) {
  let best = [null, start + 1];
  for (const name of OUTERMOST) {
    const mark = spans[start].marks.find(({ type }) => type.name === name);
    if (!mark || mark.isInSet(done)) continue;
    let end = start + 1;
    while (end < spans.length && mark.isInSet(spans[end].marks)) end += 1;
    if (!best[0] || end > best[1]) best = [mark, end];
  }
  return best;
}

function first(span, done) {
  if (!span) return "";
  const mark = span.marks.find((other) => !other.isInSet(done));
  if (mark) return { link: "[", code: "`" }[mark.type.name] ?? SIGNS[mark.type.name][0];
  if (span.isText) return /^[*_~]/.test(span.text) ? "\\" : span.text[0];
  return span.type.name === "hard_break" ? "<" : "[";
}

function piece(span, next, { breaks, inLink }) {
  if (span.type.name === "hard_break") return breaks;
  if (span.type.name === "footnote") return `[^${span.attrs.label}]`;
  if (span.type.name === "anchor") return `[]{#${span.attrs.id}}`;
  return span.marks.some(({ type }) => type.name === "code") ? code(span.text) : escaped(span.text, next, inLink);
}

function code(text) {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^`|`$|^ .* $/s.test(text) && text.trim() ? " " : "";
  return fence + pad + text + pad + fence;
}

function escaped(text, next, inLink) {
  let out = "", at = 0;
  for (const found of text.matchAll(VERBATIM)) {
    out += plain(text.slice(at, found.index), found[0][0], inLink) + found[0];
    at = found.index + found[0].length;
  }
  return out + plain(text.slice(at), next, inLink);
}

function plain(text, next, inLink) {
  const special = inLink ? new RegExp(`[[\\]]|${SPECIAL.source}`, "gu") : SPECIAL;
  const open = next && !/\s/.test(next) ? LAST.exec(text)?.index ?? -1 : -1;
  const rest = open < 0 ? "" : `\\${text.slice(open)}`;
  return (open < 0 ? text : text.slice(0, open)).replace(special, "\\$&").replace(ENTITY, "\\&") + rest;
}

// Returns null where emphasis would be read as signs: the words go without it.
function marked(mark, inside, before, next) {
  if (mark.type.name === "link") return link(mark.attrs, inside);
  const previous = /\\[*_~]$/.test(before) ? "\\" : before.at(-1) ?? "";
  // Emphasis can't begin or end beside white space, nor within a word beside punctuation
  // (CommonMark 6.2).
  let [, lead, core, trail] = /^((?:\s|<br>)*)(.*?)((?:\s|(?<!\\)<br>)*)$/s.exec(inside) ?? ["", "", "", ""];
  const start = !lead && WORD.test(previous) ? /^[“‘"'„«]+/u.exec(core)?.[0] ?? "" : "";
  const end = !trail && WORD.test(next) ? /(?<!\\)[.,;:?!%”’"']+$/u.exec(core)?.[0] ?? "" : "";
  core = core.slice(start.length, core.length - end.length);
  if (!core) return null;
  const outside = [(lead + start).at(-1) ?? previous, (end + trail)[0] ?? next];
  let sign = SIGNS[mark.type.name];
  if (sign === "_" && outside.some((character) => WORD.test(character))) sign = "*";
  const stands = [core[0], core.slice(-1)].map((inner, at) =>
    outside[at] !== sign[0] && (!PUNCTUATION.test(inner) || NO_WORD.test(outside[at])));
  stands[0] &&= Boolean(lead) || !(ADDRESS.test(before) && OF_ADDRESS.test(core));
  stands[1] &&= Boolean(trail) || !(ADDRESS.test(core) && OF_ADDRESS.test(next));
  if (sign === "~~") { // better a space too many than words that look as if in force
    if (!stands[0]) lead += " ";
    if (!stands[1]) trail = ` ${trail}`;
  } else if (stands.includes(false)) return null;
  return lead + start + sign + core + sign + end + trail;
}

function link({ href, title }, words) {
  if (!words.trim()) return words; // a page would show the address
  const isAddress = /^[a-z][\w+.-]*:[^\s<>\\&]*$/i.test(href) && [href, href.replace(/^mailto:/, "")].includes(words.replace(/\\(?=_)/g, ""));
  if (isAddress && !title && (/^https?:/.test(href) || href === `mailto:${words}`)) return `<${words}>`;
  const address = href.replace(/\\/g, "\\\\").replace(ENTITY, "\\&");
  const target = /[\s()<>]/.test(address) || !address ? `<${address.replace(/[<>]/g, "\\$&")}>` : address;
  return `[${words}](${target}${title ? ` "${title.replace(/["\\]/g, "\\$&")}"` : ""})`;
}
