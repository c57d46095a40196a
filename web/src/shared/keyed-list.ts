// A list of views that keeps each item's view, and so its playing video, while items come, go and move.

import type { View } from "./dom";

/** Shows one view for each item, in the items' order. */
export class KeyedList<ViewModel> {
  private readonly views = new Map<string, View<ViewModel>>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly keyOf: (viewModel: ViewModel) => string,
    private readonly create: (viewModel: ViewModel) => View<ViewModel>,
  ) {}

  /** Shows exactly these items. */
  update(items: readonly ViewModel[]): void {
    const keys = new Set(items.map(this.keyOf));
    for (const [key, view] of this.views) {
      if (!keys.has(key)) this.remove(key, view);
    }
    let before: Element | null = this.parent.firstElementChild;
    for (const item of items) {
      const view = this.viewOf(item);
      view.update(item);
      // Moving an element stops its video for a moment: only move what is out of place.
      if (view.element === before) before = before.nextElementSibling;
      else this.parent.insertBefore(view.element, before);
    }
  }

  /** Removes every item. */
  dispose(): void {
    for (const [key, view] of this.views) this.remove(key, view);
  }

  private viewOf(item: ViewModel): View<ViewModel> {
    const key = this.keyOf(item);
    const known = this.views.get(key);
    if (known) return known;
    const view = this.create(item);
    this.views.set(key, view);
    return view;
  }

  private remove(key: string, view: View<ViewModel>): void {
    view.dispose?.();
    view.element.remove();
    this.views.delete(key);
  }
}
