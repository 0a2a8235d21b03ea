// What the type checker takes for granted about the pages, which templates write: an element that a
// script looks up is there, and is of a kind that has what the script asks of it.

type PageElement =
  & HTMLElement & HTMLInputElement & HTMLTextAreaElement & HTMLAnchorElement & HTMLButtonElement
  & HTMLDetailsElement & HTMLDialogElement & HTMLIFrameElement & HTMLLabelElement & Around;
type PageForm = PageElement & HTMLFormElement;

interface Around {
  readonly children: HTMLCollectionOf<PageElement>;
  readonly dataset: Record<string, string>;
  readonly elements: Record<string, PageElement>;
  readonly content: DocumentFragment;
  readonly firstChild: PageElement;
  readonly firstElementChild: PageElement;
  readonly form: PageForm;
  readonly lastElementChild: PageElement;
  readonly nextElementSibling: PageElement;
  readonly offsetParent: PageElement;
  readonly parentElement: PageElement;
  readonly previousElementSibling: PageElement;
}

interface Document {
  getElementById(id: "draft"): PageForm;
  getElementById(id: string | null): PageElement;
  getElementsByName(name: string): NodeListOf<PageElement>;
}

interface ParentNode {
  querySelector(selectors: string): PageElement;
  querySelectorAll(selectors: string): NodeListOf<PageElement>;
}

interface Element {
  closest(selectors: string): PageElement;
}

interface DocumentFragment {
  readonly firstElementChild: PageElement;
}

interface Node {
  cloneNode(deep?: boolean): PageElement;
}

interface NodeList {
  [Symbol.iterator](): ArrayIterator<PageElement>;
}

// --- Events ----------------------------------------------------------------------------------------

type Events = typeof import("../../static/policies/editor/events.js");
type Details = {
  [name in Events["TEXT_CHANGED" | "PREVIEWED" | "SURFACE_OPENED" | "SOURCE_SHOWN"]]: undefined
}
  & Record<Events["TEXT_SAVED"], import("../../static/policies/editor/events.js").TextSaved>
  & Record<Events["TEXT_REPLACED"], import("../../static/policies/editor/events.js").Replaced | undefined>
  & Record<Events["PANEL_SHOWN"], import("../../static/policies/editor/events.js").PanelShown>
  & Record<Events["SELECT_RANGE"], import("../../static/policies/editor/events.js").Range>
  & Record<Events["FOUND"], import("../../static/policies/editor/events.js").Found[]>
  & Record<Events["COMPARE_WITH"], import("../../static/policies/editor/events.js").BaseText>
  & Record<Events["REFERENCE_WANTED"], import("../../static/policies/editor/events.js").ReferenceWanted>;

type PageEvents =
  & Omit<HTMLElementEventMap, "input" | "submit">
  & { input: InputEvent; submit: SubmitEvent & { readonly target: PageForm; readonly submitter: PageElement | null } }
  & { [name in keyof Details]: CustomEvent<Details[name]> };

type Listener<Name extends keyof PageEvents> = (event: PageEvents[Name] & { readonly target: PageElement }) => unknown;

interface Document {
  addEventListener<Name extends keyof PageEvents>(
    name: Name, listener: Listener<Name>, options?: boolean | AddEventListenerOptions,
  ): void;
}

interface HTMLElement {
  addEventListener<Name extends keyof PageEvents>(
    name: Name, listener: Listener<Name>, options?: boolean | AddEventListenerOptions,
  ): void;
}

// --- ProseMirror: here, since static files must not name modules that are not among them ---------------

type NodeSpecs = Record<string, import("prosemirror-model").NodeSpec>;
type MarkSpecs = Record<string, import("prosemirror-model").MarkSpec>;
