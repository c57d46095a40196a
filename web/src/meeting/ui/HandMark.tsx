import { panelWords } from "../../shared/strings/panel";
import { Sign } from "./Sign";

/** The mark of a raised hand, with its place in the order. The library's has neither words nor our colours. */
export function HandMark({ place }: { readonly place: number }) {
  return (
    <span className="hand-mark">
      <Sign name="hand" />
      <span aria-hidden="true">{place}</span>
      <span className="visually-hidden">{panelWords().hand(place)}</span>
    </span>
  );
}
