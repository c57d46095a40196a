// What the library's components need around them: the theme, and icons that come from here.

import { DEFAULT_COMPONENT_ICONS, FluentThemeProvider, LocalizationProvider } from "@azure/communication-react";
import { registerIcons } from "@fluentui/react";
import { CheckmarkRegular, ChevronDownRegular, ChevronLeftRegular, ChevronRightRegular, DismissRegular, InfoRegular, LinkRegular, MoreHorizontalRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { libraryLocale } from "./locale";
import { themeOf } from "./theme";
import { useMedia } from "./use-media";

const LIGHT_THEME = themeOf(false);
const DARK_THEME = themeOf(true);

// Fluent's own controls name signs of its icon fonts, which come from Microsoft's servers under terms of their own. These are the same signs as
// SVG, from a package under the MIT licence.
const FLUENT_ICONS = {
  accept: <CheckmarkRegular />,
  cancel: <DismissRegular />,
  checkmark: <CheckmarkRegular />,
  chevrondown: <ChevronDownRegular />,
  chevronleft: <ChevronLeftRegular />,
  chevronright: <ChevronRightRegular />,
  clear: <DismissRegular />,
  info: <InfoRegular />,
  link: <LinkRegular />,
  more: <MoreHorizontalRegular />,
};

registerIcons({ icons: { ...FLUENT_ICONS, ...DEFAULT_COMPONENT_ICONS } });

/** The library's look in our colours, light or dark as the system wishes, and its words in the page's language. */
export function Look({ children }: { readonly children: ReactNode }) {
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const locale = libraryLocale();
  return (
    <FluentThemeProvider fluentTheme={isDark ? DARK_THEME : LIGHT_THEME} rootStyle={{ background: "transparent" }}>
      {locale ? <LocalizationProvider locale={locale}>{children}</LocalizationProvider> : children}
    </FluentThemeProvider>
  );
}
