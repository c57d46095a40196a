import { PATHS, type IconName } from "../../shared/icons";

/** One of our icons. Decorative: the words beside it carry what it means. */
export function Sign({ name }: { readonly name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" className="icon" aria-hidden="true">
      {PATHS[name].map((shape) => (
        <path key={shape} d={shape} />
      ))}
    </svg>
  );
}
