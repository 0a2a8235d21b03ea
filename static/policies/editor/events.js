// How the editor's modules notify each other: events of the form or of a text area in it. So no module
// depends on whether another one that listens has been loaded, or on the order in which they are.

/** On the form: the text is another now. */
export const TEXT_CHANGED = "text-changed";

/** On the form: the server has saved the text, and the page stays. isAll: nothing was typed meanwhile.
 * @typedef {{ isAll: boolean }} TextSaved */
export const TEXT_SAVED = "text-saved";

/** On the form: the preview is new, and so are most findings. */
export const PREVIEWED = "previewed";

/** On a text area: something else than typing has changed it, which its surface has to show. isStep: undo or redo.
 * @typedef {{ isStep: boolean }} Replaced */
export const TEXT_REPLACED = "text-replaced";

/** On a text area: its surface is open. */
export const SURFACE_OPENED = "surface-opened";

/** On a text area: its surface is to select this range of the text, or with isCaret to put the caret before it. A
 * surface that does prevents the default.
 * @typedef {{ start: number, end: number, isCaret: boolean }} Range */
export const SELECT_RANGE = "select-range";

/** On a text area: its surface is to mark these findings, the most important first, and no others.
 * words: what the finding says. open: shows it in the list.
 * @typedef {{ start: number, end: number, level: string, words: string, open: () => void }} Found */
export const FOUND = "found";

/** On a text area: its surface is to mark what differs from this text; null: nothing.
 * @typedef {string?} BaseText */
export const COMPARE_WITH = "compare-with";

/** On a text area, by its surface: as openPicker, with the element that has the focus.
 * @typedef {{ element: HTMLElement, choose: Function, keep: Function? }} ReferenceWanted */
export const REFERENCE_WANTED = "reference-wanted";

/** On the form: which part is beside the text now; "" for none.
 * @typedef {string} PanelShown */
export const PANEL_SHOWN = "panel-shown";

/** On the form: the source of the translation is beside it, with the work that each part needs. */
export const SOURCE_SHOWN = "source-shown";

// Returns false if a listener has prevented the default.
export const notify = (target, name, detail) =>
  target.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail }));
