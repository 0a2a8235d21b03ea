// What a page looks like, in numbers: read by test_accessibility.py into each page that it visits.
// Each function returns sentences; none means that nothing is wrong.

const measures = (() => {
  const SLACK = 2; // CSS pixels: glyphs reach a little out of their boxes

  const words = (text) => text.trim().replace(/\s+/g, " ").slice(0, 40);
  const name = (it) => `<${it.localName}${it.className ? ` class="${it.className}"` : ""}> ${words(it.textContent || it.value || "")}`;
  const scrolls = (style) => /auto|scroll/.test(style.overflowX + style.overflowY);
  const hides = (style) => /hidden|clip/.test(style.overflowX + style.overflowY);

  // For screen readers alone: one pixel large, or clipped away whole.
  function unseenOnPurpose(it) {
    for (; it; it = it.parentElement) {
      const style = getComputedStyle(it);
      if (style.clipPath === "inset(50%)" || /rect\(0(px)?,? 0(px)?,? 0(px)?,? 0(px)?\)/.test(style.clip)) return true;
    }
    return false;
  }

  function stuck(it) {
    for (; it; it = it.parentElement) {
      if (/sticky|fixed/.test(getComputedStyle(it).position)) return true;
    }
    return false;
  }

  // The boxes of all text that is shown, each as far as its scrolling surroundings let it be seen.
  function* texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const parent = node.parentElement;
      if (!node.data.trim() || parent.matches("option, script, style, textarea, title")) continue;
      if (!parent.checkVisibility({ visibilityProperty: true }) || unseenOnPurpose(parent)) continue;
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        if (box.width > 1 && box.height > 1) yield [node, parent, box];
      }
    }
  }

  function seenPart(parent, box) {
    let { left, right, top, bottom } = box;
    for (let it = parent; it; it = it.parentElement) {
      if (!scrolls(getComputedStyle(it)) || it === document.documentElement) continue;
      const frame = it.getBoundingClientRect();
      left = Math.max(left, frame.left);
      right = Math.min(right, frame.right);
      top = Math.max(top, frame.top);
      bottom = Math.min(bottom, frame.bottom);
    }
    return right - left > 1 && bottom - top > 1 ? { left, right, top, bottom } : null;
  }

  // WCAG 1.4.10: two dimensions are only for what needs them, which scrolls in itself.
  function sideways() {
    const by = document.documentElement.scrollWidth - innerWidth;
    return by > 0 ? [`The page is ${by} px wider than the window`] : [];
  }

  // WCAG 1.4.4: no loss of content.
  function cutOff() {
    const found = new Set();
    for (const [, parent, box] of texts()) {
      let free = false;
      for (let it = parent; it && it !== document.body; it = it.parentElement) {
        const style = getComputedStyle(it);
        if (scrolls(style)) { free = true; break; }
        if (!hides(style)) continue;
        const frame = it.getBoundingClientRect();
        const out = Math.max(frame.left - box.left, box.right - frame.right, frame.top - box.top, box.bottom - frame.bottom);
        if (out > SLACK) found.add(`Cut off by ${Math.round(out)} px: ${name(parent)}`);
      }
      const out = Math.max(-box.left, box.right - innerWidth);
      if (!free && out > SLACK) found.add(`Outside the window by ${Math.round(out)} px: ${name(parent)}`);
    }
    for (const button of document.querySelectorAll("input[type=submit], input[type=button], button, select")) {
      const out = button.scrollWidth - button.clientWidth;
      if (button.checkVisibility() && !unseenOnPurpose(button) && out > SLACK) found.add(`Cut off by ${out} px: ${name(button)}`);
    }
    return [...found];
  }

  function overlapping() {
    const found = new Set();
    const boxes = [];
    for (const [node, parent, box] of texts()) {
      const seen = stuck(parent) ? null : seenPart(parent, box);
      if (seen) boxes.push({ node, parent, ...seen });
    }
    boxes.sort((one, other) => one.top - other.top);
    boxes.forEach((one, index) => {
      for (let next = index + 1; next < boxes.length && boxes[next].top < one.bottom; next++) {
        const other = boxes[next];
        if (other.node === one.node) continue;
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        const least = Math.min(one.bottom - one.top, other.bottom - other.top);
        if (wide > SLACK && high > least * 0.4) found.add(`${name(one.parent)} lies over ${name(other.parent)}`);
      }
    });
    return [...found];
  }

  // What the keyboard comes to.
  function stops() {
    const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]");
    return [...all].filter((it) => it.tabIndex >= 0 && !it.disabled && it.checkVisibility({ visibilityProperty: true }));
  }

  const drawn = (style) => [
    style.outlineStyle === "none" || style.outlineStyle === "hidden" ? "" : style.outlineWidth + style.outlineColor,
    style.boxShadow, style.borderTopColor, style.borderTopWidth, style.backgroundColor, style.textDecorationLine,
  ].join();

  function settle() {
    document.getAnimations().forEach((it) => { try { it.finish(); } catch { it.cancel(); } });
  }

  // Whether not one of nine points of it can be seen; of what is higher than the window, of the part
  // that is in the window.
  function isCovered(it) {
    const boxes = [...it.getClientRects()].filter((box) => box.width && box.height).map((box) => {
      const top = Math.max(box.top, 0);
      const height = Math.min(box.bottom, innerHeight) - top;
      return box.height > innerHeight ? new DOMRect(box.left, top, box.width, height) : box;
    });
    return !boxes.some((box) => [0.1, 0.5, 0.9].some((x) => [0.1, 0.5, 0.9].some((y) => {
      const top = it.getRootNode().elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return top && (it.contains(top) || top.contains(it) || top.closest("label")?.control === it);
    })));
  }

  // The same for the one stop at which the keyboard is.
  function unseenStop() {
    let it = document.activeElement;
    // What is inside a frame is a page of its own.
    if (it === document.body || it.localName === "iframe") return [];
    while (it.shadowRoot?.activeElement) it = it.shadowRoot.activeElement;
    settle();
    const style = getComputedStyle(it);
    const plain = style.outlineStyle === "none" && style.boxShadow === "none" && !it.matches("input, textarea, select");
    if (plain) return [`Nothing shows the focus: ${name(it)}`];
    return isCovered(it) ? [`Hidden while it has the focus: ${name(it)}`] : [];
  }

  // WCAG 2.4.7: where the focus is can be seen; 2.4.11: nothing lies over it.
  function unseenFocus() {
    const found = new Set();
    for (const it of stops()) {
      it.focus({ focusVisible: true });
      settle();
      // A toolbar hands the focus on to one of its buttons.
      const focused = document.activeElement;
      if (!it.contains(focused)) { found.add(`Can't be focused: ${name(it)}`); continue; }
      if (isCovered(focused)) found.add(`Hidden while it has the focus: ${name(it)}`);
      const after = drawn(getComputedStyle(focused));
      focused.blur();
      settle();
      if (drawn(getComputedStyle(focused)) === after) found.add(`Nothing shows the focus: ${name(it)}`);
    }
    document.activeElement.blur();
    scrollTo(0, 0);
    return [...found];
  }

  function openAll() {
    document.querySelectorAll("details").forEach((it) => { it.open = true; });
  }

  return { sideways, cutOff, overlapping, unseenFocus, unseenStop, settle, openAll };
})();
