// Making DOM elements. Text only ever becomes a text node, so a name can never become markup.

import type { Told } from "./strings/telling";

/** An attribute's value; a function is an event listener, `undefined` and `false` leave the attribute out. */
export type AttributeValue = string | number | boolean | undefined | ((event: Event) => void);

/** What stands inside an element. */
export type Child = Node | string | undefined;

/** A piece of the page that shows one view-model. */
export interface View<ViewModel> {
  readonly element: HTMLElement;
  update(viewModel: ViewModel): void;
  /** Frees what the view holds (videos, listeners). The element is not used afterwards. */
  dispose?(): void;
}

/** Makes an element: `onclick`-like keys take listeners, every other key is an attribute. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, AttributeValue> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else setAttribute(element, name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Sets, or with `undefined` and `false` removes, one attribute. */
export function setAttribute(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Makes a button useless for now. Unlike `disabled`, this leaves the keyboard where it is; whatever it does must do nothing meanwhile. */
export function setUsable(button: HTMLButtonElement, isUsable: boolean): void {
  setAttribute(button, "aria-disabled", isUsable ? undefined : "true");
}

/** Sets an element's text, and touches the page only if it differs (a live region would speak again). */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Text for screen readers only. */
export function hiddenText(text: string): HTMLElement {
  return h("span", { class: "visually-hidden" }, text);
}

/** Whether this page may move the focus: not out of a page around it, where somebody may be typing. */
export function mayTakeFocus(): boolean {
  return window.parent === window || document.hasFocus();
}

let nextId = 0;

/** An id that no other element of the page has. */
export function uniqueId(prefix: string): string {
  nextId += 1;
  return `${prefix}-${nextId}`;
}

/** A labelled form field. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  control.id ||= uniqueId("field");
  const hintElement = hint === undefined ? undefined : h("p", { class: "hint", id: uniqueId("hint") }, hint);
  if (hintElement) control.setAttribute("aria-describedby", hintElement.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, hintElement);
}

/** Sets an element's text to what is told, with the English part marked as such. As {@link setText}, it touches the page only if something differs. */
export function setTold(element: Element, { text, english }: Told): void {
  const whole = english === undefined ? text : `${text} ${english}`;
  if (element.textContent === whole) return;
  element.replaceChildren(text, ...(english === undefined ? [] : [" ", h("span", { lang: "en" }, english)]));
}
