// The keyboard's place when what it stands on goes away: without this, it falls back to the beginning of the page.

/** Parts that stand for each other, as the same button in every row, have the same `data-place`. */
const PLACE = "data-place";

/**
 * Changes a part of the page that may have the focus. If what had it is gone or hidden then, the next part with the same `data-place`
 * gets it, else the one before, else the nearest `data-first-focus` around.
 */
export function keepFocus(container: HTMLElement, change: () => void): void {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !container.contains(focused)) {
    change();
    return;
  }
  const places = placesLike(container, focused);
  change();
  if (isThere(focused)) {
    // What was moved within the page has lost it.
    if (document.activeElement !== focused) focused.focus();
    return;
  }
  const isElsewhere = document.activeElement !== null && document.activeElement !== document.body && document.activeElement !== focused;
  if (isElsewhere) return;
  const next = places.map(buttonOf).find((button) => button !== null && isThere(button));
  (next ?? firstPlaceAround(container))?.focus();
}

/** The nearest `data-first-focus` in what is around an element. */
export function firstPlaceAround(container: HTMLElement): HTMLElement | undefined {
  for (let around: HTMLElement | null = container; around; around = around.parentElement) {
    const first = around.querySelector<HTMLElement>("[data-first-focus]");
    if (first && isThere(first)) return first;
  }
  return undefined;
}

/** All alike in the order in which they take over: the own one, those after it, those before it from the nearest on. */
export function successors<Part>(alike: readonly Part[], own: Part): Part[] {
  const at = alike.indexOf(own);
  return [own, ...alike.slice(at + 1), ...alike.slice(0, Math.max(at, 0)).reverse()];
}

function placesLike(container: HTMLElement, focused: HTMLElement): HTMLElement[] {
  const own = focused.closest<HTMLElement>(`[${PLACE}]`);
  if (!own) return [];
  return successors([...container.querySelectorAll<HTMLElement>(`[${PLACE}="${own.getAttribute(PLACE)}"]`)], own);
}

function buttonOf(place: HTMLElement): HTMLElement | null {
  return place.matches("button") ? place : place.querySelector("button");
}

function isThere(element: HTMLElement): boolean {
  return element.isConnected && element.checkVisibility({ visibilityProperty: true });
}
