import { darkTheme, lightTheme } from "@azure/communication-react";
import { useSyncExternalStore } from "react";

/** Whether a media query holds, now and whenever that changes. */
function useMedia(query: string): boolean {
  const list = window.matchMedia(query);
  return useSyncExternalStore(
    (changed) => {
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => list.matches,
  );
}

/** The library's light or dark theme, as the system wishes. */
export const useTheme = () => (useMedia("(prefers-color-scheme: dark)") ? darkTheme : lightTheme);

/** What the composites ask for: their phone layout on narrow screens. */
export const useFormFactor = () => (useMedia("(max-width: 480px)") ? "mobile" : "desktop");
