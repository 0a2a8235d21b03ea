// Drag and drop within a list, by the mouse; what it does can be done by keyboard, too.

// drop(dragged, over, isAfter): called when one of the list's children was dropped on another.
export function sortable(list, drop) {
  const itemAt = (event) => [...list.children].find((item) => item.contains(event.target));
  /** @type {PageElement?} */
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    if (event.target.parentElement !== list) return; // words are dragged, not an item
    dragged = event.target;
    event.target.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = itemAt(event);
    if (!dragged || !over) return;
    event.preventDefault();
    unmark();
    if (over !== dragged) over.classList.add(isAfter(event, over) ? "drop-after" : "drop-before");
  });
  list.addEventListener("drop", (event) => {
    const over = itemAt(event);
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    drop(dragged, over, isAfter(event, over));
  });
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    dragged = null;
    unmark();
  });
  function unmark() {
    for (const item of list.querySelectorAll(".drop-before, .drop-after")) {
      item.classList.remove("drop-before", "drop-after");
    }
  }
}

function isAfter(event, over) {
  const box = over.getBoundingClientRect();
  return event.clientY > box.top + box.height / 2;
}
