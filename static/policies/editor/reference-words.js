// How a text refers to its places: the words for each, and which of them somebody looks for.

// "2. Fees" is clause 2 (Fees).
export const referred = (heading) => heading.replace(/^(\d+(?:\.\d+)*)\.\s+(.+)$/, "$1 ($2)");

// As one refers to a clause: 2.1(b). labels: its own, after those of the clauses around it. A label that repeats
// the one above it, as 2.1 does 2, comes alone.
export function clauseNumber(labels, section) {
  const names = labels.map((label) => label.replace(/\.$/, ""));
  const own = names.filter((name, at) => !names[at + 1]?.startsWith(`${name}.`));
  return (own[0].startsWith("(") ? section : "") + own.join("");
}

// The places that have all the words that were typed, in any order.
export function fitting(places, typed) {
  const wanted = typed.toLowerCase().split(/\s+/);
  return places.filter(({ words, href, shown }) => {
    const searched = `${words} ${href} ${shown}`.toLowerCase();
    return wanted.every((word) => searched.includes(word));
  });
}
