// A view of ours, which is no component of React, inside of one.

import { useLayoutEffect, useRef } from "react";
import type { View } from "../../shared/dom";

/** Shows a view and keeps it up to date. `make` is called once. */
export function Hosted<ViewModel>({ make, viewModel }: { readonly make: () => View<ViewModel>; readonly viewModel: ViewModel }) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<View<ViewModel> | undefined>(undefined);
  useLayoutEffect(() => {
    const made = make();
    view.current = made;
    place.current?.append(made.element);
    return () => {
      made.dispose?.();
      made.element.remove();
      view.current = undefined;
    };
  }, []);
  useLayoutEffect(() => view.current?.update(viewModel));
  return <div ref={place} className="hosted" />;
}
