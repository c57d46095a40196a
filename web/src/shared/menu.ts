// A button that opens a menu of actions. By keyboard as by pointer: arrows move, Escape closes, the button has the focus again.

import { h, hiddenText, setAttribute, setText, uniqueId, type View } from "./dom";
import { icon, type IconName } from "./icons";

/** One action of a menu. */
export interface MenuItem {
  readonly text: string;
  readonly isDanger?: boolean;
  readonly icon?: IconName;
  /** One of several, or something on or off; otherwise it does something once. */
  readonly kind?: "radio" | "checkbox";
  readonly isChosen?: boolean;
  /** `undefined` leaves the item out. */
  readonly run: (() => void) | undefined;
}

/** What a menu shows. The button is there only if there is an action. */
export interface MenuViewModel {
  /** What the button does, for example "Actions on Ana". */
  readonly label: string;
  /** Always the same items in the same order; only what is available changes. */
  readonly items: readonly MenuItem[];
}

/** How the button looks. */
export interface MenuLook {
  readonly class: string;
  readonly icon: IconName;
  /** Whether the label can be seen, or is there for screen readers only. */
  readonly showsLabel: boolean;
}

const THREE_DOTS: MenuLook = { class: "button quiet icon-only", icon: "more", showsLabel: false };

/** Distance to the edges of the window, in pixels. */
const MARGIN = 8;

/** Makes the button with its menu. */
export function menuButton(look = THREE_DOTS): View<MenuViewModel> {
  const id = uniqueId("menu");
  const label = look.showsLabel ? h("span", {}) : hiddenText("");
  const button = h(
    "button",
    { class: look.class, type: "button", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => menu.togglePopover() },
    icon(look.icon),
    label,
  );
  const menu = h("div", { id, class: "menu", role: "menu", popover: "auto", onkeydown: (event) => handleKey(event as KeyboardEvent) });
  setAttribute(button, "aria-controls", id);
  const element = h("span", { class: "menu-place" }, button, menu);
  let current: MenuViewModel | undefined;
  let closed = new AbortController();

  menu.addEventListener("toggle", (event) => {
    const isOpen = event.newState === "open";
    closed.abort();
    setAttribute(button, "aria-expanded", isOpen ? "true" : "false");
    if (!isOpen) return;
    place(menu, button);
    closed = new AbortController();
    addEventListener("resize", () => place(menu, button), { signal: closed.signal });
    visibleItems()[0]?.focus();
  });

  function visibleItems(): HTMLElement[] {
    return [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")].filter((item) => !item.hidden);
  }

  function handleKey(event: KeyboardEvent): void {
    const items = visibleItems();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = to[event.key];
    if (event.key === "Tab" || event.key === "Escape") menu.hidePopover();
    if (event.key === "Escape") {
      // It closes the menu, and nothing around it.
      event.stopPropagation();
      button.focus();
    }
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length)?.focus();
  }

  function choose(index: number): void {
    menu.hidePopover();
    // A dialog that opens now gives the focus back to the button.
    button.focus();
    current?.items[index]?.run?.();
  }

  return {
    element,
    update(state) {
      current = state;
      setText(label, state.label);
      setAttribute(menu, "aria-label", state.label);
      if (menu.childElementCount !== state.items.length) {
        menu.replaceChildren(
          ...state.items.map(({ icon: symbol, kind }, index) => {
            const sign = kind ? "check" : symbol;
            return h(
              "button",
              { class: "menu-item", type: "button", role: `menuitem${kind ?? ""}`, tabindex: -1, onclick: () => choose(index) },
              ...(sign ? [icon(sign)] : []),
              h("span", {}),
            );
          }),
        );
      }
      state.items.forEach(({ text, isDanger, kind, isChosen, run }, index) => {
        const item = menu.children[index] as HTMLElement;
        setText(item.lastElementChild as HTMLElement, text);
        setAttribute(item, "data-danger", isDanger ?? false);
        setAttribute(item, "aria-checked", kind && (isChosen ? "true" : "false"));
        item.hidden = run === undefined;
      });
      const isEmpty = state.items.every((item) => item.run === undefined);
      if (isEmpty && menu.matches(":popover-open")) menu.hidePopover();
      // The place in the row stays, so that nothing jumps.
      button.style.visibility = isEmpty ? "hidden" : "";
    },
  };
}

/** Below the button and within the window; above it where there is no room. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const anchor = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.max(MARGIN, Math.min(anchor.right - width, innerWidth - width - MARGIN));
  const below = anchor.bottom + 4;
  const top = below + height + MARGIN <= innerHeight ? below : Math.max(MARGIN, anchor.top - height - 4);
  Object.assign(menu.style, { left: `${left}px`, top: `${top}px` });
}
