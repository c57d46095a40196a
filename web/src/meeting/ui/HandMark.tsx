import { peopleWords } from "../../shared/strings/people";
import { Sign } from "./Sign";

/** The mark of a raised hand, with its place in the order. The library's has neither words nor our colours. */
export function HandMark({ place }: { readonly place: number }) {
  return (
    <span className="hand-mark">
      <Sign name="hand" />
      <span aria-hidden="true">{place}</span>
      <span className="visually-hidden">{peopleWords().hand(place)}</span>
    </span>
  );
}
