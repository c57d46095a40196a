// Our colours for the library, which computes with some of them: they cannot be the variables of `styles/base.css`. They are the same; a test
// holds the two together.

/** The style sheet's names. */
export interface Colours {
  readonly paper: string;
  readonly surface: string;
  readonly "surface-raised": string;
  readonly line: string;
  readonly ink: string;
  readonly "ink-soft": string;
  readonly accent: string;
  readonly "accent-ink": string;
  readonly "accent-soft": string;
  readonly danger: string;
  readonly "danger-ink": string;
  readonly tile: string;
}

export const LIGHT: Colours = {
  paper: "#f5f4f0",
  surface: "#ffffff",
  "surface-raised": "#ffffff",
  line: "#dedcd5",
  ink: "#1b1d1c",
  "ink-soft": "#5b605d",
  accent: "#0b6e5b",
  "accent-ink": "#ffffff",
  "accent-soft": "#dff1ec",
  danger: "#b3261e",
  "danger-ink": "#ffffff",
  tile: "#e6e4dd",
};

export const DARK: Colours = {
  paper: "#131514",
  surface: "#1d201f",
  "surface-raised": "#262a29",
  line: "#353a38",
  ink: "#f0f1ef",
  "ink-soft": "#a9afac",
  accent: "#4fc3a7",
  "accent-ink": "#06231c",
  "accent-soft": "#17352d",
  danger: "#f08a81",
  "danger-ink": "#2b0805",
  tile: "#222625",
};
