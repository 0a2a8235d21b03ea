// The labels of clauses as words: which one follows which, and what somebody meant who wrote one.

const NUMERALS = { c: 100, xc: 90, l: 50, xl: 40, x: 10, ix: 9, v: 5, iv: 4, i: 1 };

function numeral(number) {
  let letters = "";
  for (const [sign, size] of Object.entries(NUMERALS)) {
    while (number >= size) {
      letters += sign;
      number -= size;
    }
  }
  return letters;
}

const VALUES = new Map();
for (let number = 1; number < 400; number += 1) VALUES.set(numeral(number), number);
const numberOf = (letters) => VALUES.get(letters);

// c after b, aa after z; "" after zz.
function letterAfter(letters) {
  const code = letters.charCodeAt(0);
  if (code < 122) return String.fromCharCode(code + 1).repeat(letters.length);
  return letters.length === 1 ? "aa" : "";
}

// Returns the label after one: (c) after (b), 2.2 after 2.1. before: the label above it, which shows
// whether (i) is a letter.
export function labelAfter(label, before = null) {
  const [, start, name, end] = /^(.*?)(\d+|[a-z]+)([^a-z\d]*)$/i.exec(label) ?? [];
  if (!name) return label;
  if (/\d/.test(name)) return `${start}${Number(name) + 1}${end}`;
  const small = name.toLowerCase();
  const value = numberOf(small);
  const above = /[a-z]+/i.exec(before ?? "")?.[0].toLowerCase();
  const isNumeral = value && (above ? numberOf(above) === value - 1 && letterAfter(above) !== small : small === "i" || name.length > 1);
  const next = isNumeral ? numeral(value + 1) : letterAfter(small);
  return `${start}${name === small ? next : next.toUpperCase()}${end}`;
}

// Whether two labels are of one kind, such as (a) and (f). null: one that is still to come.
export function isAlike(label, other) {
  const kind = (text) => text.replace(/\d+/g, "1").replace(/[a-z]+/g, "a").replace(/[A-Z]+/g, "A");
  return !other || kind(label) === kind(other);
}

// The first label of a list in an item of another one, by that one's first label.
export function firstBelow(above) {
  if (!above) return "1.";
  if (/\d/.test(above)) return "(a)";
  return /^\W*i\W*$/i.test(above) ? "(A)" : "(i)";
}

const LABEL = /^(?:\(\w+\)|[a-z]+[.)]|\d{1,3}(?:\.\d{1,3}){1,4}\.?|\d{1,9}[.)])$/i;

// Returns a label as somebody meant it: c is (c) in place of (b). "" for what is none.
export function meant(typed, label) {
  const text = /^\w+$/.test(typed) ? label.replace(/\w+/, typed) : typed;
  const [letters] = /[a-z]+/i.exec(text) ?? [""];
  const isOneCase = [letters.toLowerCase(), letters.toUpperCase()].includes(letters);
  const isName = !letters || letters.length === 1 || numberOf(letters.toLowerCase()) || /^(.)\1$/.test(letters);
  return LABEL.test(text) && text.length <= 10 && isOneCase && isName && /^\W*(?:[a-z]+|[\d.]+)\W*$/i.test(text) ? text : "";
}
