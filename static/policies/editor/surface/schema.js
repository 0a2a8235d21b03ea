// What a text is made of on the formatted surface. policies/text/surface.py makes the same nodes.

import { Schema, tableNodes } from "../../../vendor/prosemirror/index.js";

const anchor = { default: null };

// The class of a cell is that of the page; its alignment is written by the table's second line.
const table = tableNodes({
  tableGroup: "block",
  cellContent: "paragraph",
  cellAttributes: {
    align: {
      default: null,
      getFromDOM: (cell) => /\balign-(\w+)/.exec(cell.className)?.[1] ?? null,
      setDOMAttr(value, attributes) { if (value) attributes.class = `align-${value}`; },
    },
  },
});

/** @type {NodeSpecs} */
const nodes = {
  doc: { content: "(block | note)+" },
  paragraph: {
    content: "inline*", group: "block", attrs: { anchor },
    parseDOM: [{ tag: "p" }],
    toDOM: () => ["p", 0],
  },
  heading: {
    content: "inline*", group: "block", defining: true, attrs: { level: { default: 3 }, anchor },
    // A section's own heading has level 2.
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: Math.max(level, 3) } })),
    toDOM: (node) => [`h${node.attrs.level}`, 0],
  },
  rule: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
  code_block: {
    content: "text*", group: "block", marks: "", code: true, defining: true,
    attrs: { info: { default: "" } },
    parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
    toDOM: () => ["pre", ["code", 0]],
  },
  quotation: {
    content: "block+", group: "block", defining: true,
    parseDOM: [{ tag: "blockquote" }],
    toDOM: () => ["blockquote", 0],
  },
  bullet_list: {
    content: "list_item+", group: "block", attrs: { tight: { default: true }, sign: { default: "-" } },
    parseDOM: [{ tag: "ul" }],
    toDOM: (node) => ["ul", { "data-tight": node.attrs.tight }, 0],
  },
  // Its items have labels, which are words of the text: no browser counts them.
  ordered_list: {
    content: "list_item+", group: "block", attrs: { tight: { default: true } },
    parseDOM: [{ tag: "ol" }],
    toDOM: (node) => ["ol", { "data-tight": node.attrs.tight }, 0],
  },
  list_item: {
    content: "block+", defining: true, attrs: { label: { default: null } },
    parseDOM: [{ tag: "li", getAttrs: (item) => ({ label: item.dataset.label ?? null }) }],
    toDOM: (node) => ["li", node.attrs.label ? { "data-label": node.attrs.label } : {}, 0],
  },
  ...table,
  // The words of a footnote.
  note: {
    content: "block+", defining: true, attrs: { label: {} },
    parseDOM: [{ tag: "div[data-note]", getAttrs: ({ dataset }) => ({ label: dataset.note }) }],
    toDOM: ({ attrs: { label } }) => ["div", { "data-note": label, role: "note", "aria-label": `Footnote ${label}` }, 0],
  },
  // What the surface can't show.
  markdown: {
    group: "block", atom: true, attrs: { text: { default: "" } },
    parseDOM: [{ tag: "pre[data-markdown]", priority: 60, getAttrs: ({ dataset }) => ({ text: dataset.markdown }) }],
    toDOM: (node) => ["pre", { "data-markdown": node.attrs.text }],
  },
  text: { group: "inline" },
  hard_break: { group: "inline", inline: true, selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
  footnote: {
    group: "inline", inline: true, atom: true, attrs: { label: {} },
    parseDOM: [{ tag: "sup[data-footnote]", getAttrs: ({ dataset }) => ({ label: dataset.footnote }) }],
    toDOM: ({ attrs: { label } }) => ["sup", { "data-footnote": label, title: `Footnote ${label}` }, label],
  },
  anchor: {
    group: "inline", inline: true, atom: true, attrs: { id: {} },
    parseDOM: [{ tag: "span[data-anchor]", getAttrs: ({ dataset }) => ({ id: dataset.anchor }) }],
    toDOM: ({ attrs: { id } }) => ["span", { "data-anchor": id, title: `Links lead here: #${id}` }, "#"],
  },
};

/** @type {MarkSpecs} */
const marks = {
  link: {
    attrs: { href: {}, title: { default: null } }, inclusive: false,
    parseDOM: [{
      tag: "a[href]",
      getAttrs(element) {
        const href = element.getAttribute("href") ?? "";
        return /^(?:https?:|mailto:|tel:|#|\/(?!\/))/i.test(href) && { href, title: element.getAttribute("title") };
      },
    }],
    toDOM: ({ attrs: { href, title } }) => ["a", { href, ...(title && { title }) }, 0],
  },
  strong: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
  strike: { parseDOM: [{ tag: "del" }, { tag: "s" }], toDOM: () => ["del", 0] },
  em: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
  code: { code: true, parseDOM: [{ tag: "code" }], toDOM: () => ["code", 0] },
};

export const schema = new Schema({ nodes, marks });

// Throws an error for what the schema does not allow.
export const nodeOf = (json) => {
  const node = schema.nodeFromJSON(json);
  node.check();
  return node;
};
