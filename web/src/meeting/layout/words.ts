// What is said of the stage's layout.

export const LAYOUT_WORDS = {
  view: "View",
  gallery: "Everybody alike",
  speaker: "Who speaks large",
  ownInCorner: "Own video in the corner",
};
