// Our look in the library's terms.

import { darkTheme, lightTheme } from "@azure/communication-react";
import { createTheme, type Theme } from "@fluentui/react";
import { DARK, LIGHT } from "./colours";

/** Of tiles; as `--radius` in the style sheet. */
const RADIUS = "14px";
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** The theme of light or of dark pages. */
export function themeOf(isDark: boolean): typeof darkTheme {
  const colours = isDark ? DARK : LIGHT;
  const base = isDark ? darkTheme : lightTheme;
  const theme: Theme = createTheme({
    defaultFontStyle: { fontFamily: FONT },
    isInverted: isDark,
    effects: { roundedCorner4: RADIUS },
    palette: {
      ...base.palette,
      themePrimary: colours.accent,
      themeDarkAlt: colours.accent,
      themeDark: colours.accent,
      themeDarker: colours.accent,
      themeSecondary: colours.accent,
      themeTertiary: colours.accent,
      themeLight: colours["accent-soft"],
      themeLighter: colours["accent-soft"],
      themeLighterAlt: colours["accent-soft"],
      neutralLighterAlt: colours.paper,
      neutralLighter: colours.tile,
      neutralLight: colours.line,
      neutralQuaternaryAlt: colours.line,
      neutralQuaternary: colours.line,
      neutralSecondary: colours["ink-soft"],
      neutralPrimaryAlt: colours.ink,
      neutralPrimary: colours.ink,
      neutralDark: colours.ink,
      black: colours.ink,
      white: colours.surface,
    },
    semanticColors: { errorText: colours.danger, bodyBackground: "transparent", bodyText: colours.ink },
  });
  return {
    ...theme,
    callingPalette: { ...base.callingPalette, callRed: colours.danger, callRedDark: colours.danger, callRedDarker: colours.danger, iconWhite: colours["danger-ink"] },
  };
}
