// A block that the surface can't show: a small text area with its Markdown.

export class MarkdownBlock {
  constructor(node, view, getPos) {
    this.dom = document.createElement("div");
    this.dom.className = "markdown-block";
    this.dom.contentEditable = "false";
    this.area = document.createElement("textarea");
    this.area.setAttribute("aria-label", "Markdown");
    this.area.spellcheck = false;
    const caption = document.createElement("span");
    Object.assign(caption, { textContent: "Markdown", ariaHidden: "true" });
    this.dom.append(caption, this.area);
    this.area.addEventListener("input", (event) => {
      event.stopPropagation(); // the text area of the whole text says it
      view.dispatch(view.state.tr.setNodeAttribute(getPos(), "text", this.area.value));
    });
    this.update(node);
  }

  update(node) {
    if (node.type.name !== "markdown") return false;
    if (this.area.value !== node.attrs.text) this.area.value = node.attrs.text;
    this.area.rows = node.attrs.text.split("\n").length;
    return true;
  }

  stopEvent(event) {
    return this.area.contains(event.target);
  }

  ignoreMutation() {
    return true;
  }
}
