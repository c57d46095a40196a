// The page's title: what its screen says, or, while somebody calls, who.

let ofScreen = "Convene";
let ofRing: string | undefined;

/** What the screen is about. */
export function setPageTitle(title: string): void {
  ofScreen = title;
  show();
}

/** Who calls; `undefined` once nobody does. */
export function setRingingTitle(title: string | undefined): void {
  ofRing = title;
  show();
}

function show(): void {
  document.title = ofRing ?? ofScreen;
}
