// The icons, drawn on a 24 by 24 grid with lines of one width. Decorative: the control beside it carries the words.

const PATHS = {
  microphone: ["M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3Z", "M5.5 11a6.5 6.5 0 0 0 13 0", "M12 17.5V21"],
  microphoneOff: ["M9 6a3 3 0 0 1 6 0v5c0 .4-.1.8-.2 1.2", "M9 9.5V11a3 3 0 0 0 4.2 2.7", "M5.5 11A6.5 6.5 0 0 0 16 16.1", "M18.5 11a6.5 6.5 0 0 1-.7 3", "M12 17.5V21", "M4 4l16 16"],
  camera: ["M4.5 6.5h8.5a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H4.5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2Z", "M15 11l6.5-3.5v9L15 13"],
  cameraOff: ["M9 6.5h4a2 2 0 0 1 2 2v4", "M15 15.5a2 2 0 0 1-2 2H4.5a2 2 0 0 1-2-2v-7a2 2 0 0 1 1.8-2", "M15 11l6.5-3.5v9L18 14.7", "M4 4l16 16"],
  screen: ["M4 4.5h16a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 15V6A1.5 1.5 0 0 1 4 4.5Z", "M12 13.5V7.5", "M9 10l3-2.7 3 2.7", "M8 20h8"],
  people: ["M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M2.5 20a6.5 6.5 0 0 1 13 0", "M16 4.3a3.5 3.5 0 0 1 0 6.4", "M18 14.3a6.5 6.5 0 0 1 3.5 5.7"],
  link: ["M10 14a4.5 4.5 0 0 0 6.4.4l3-3a4.5 4.5 0 0 0-6.4-6.4l-1.5 1.5", "M14 10a4.5 4.5 0 0 0-6.4-.4l-3 3a4.5 4.5 0 0 0 6.4 6.4l1.5-1.5"],
  leave: ["M3 14.5c0-1 .4-1.9 1.1-2.5C6.3 10.2 9 9.2 12 9.2s5.7 1 7.9 2.8c.7.6 1.1 1.5 1.1 2.5v.9c0 .8-.7 1.4-1.5 1.2l-2.6-.6a1.3 1.3 0 0 1-1-1.1l-.2-1.8a10.5 10.5 0 0 0-7.4 0l-.2 1.8a1.3 1.3 0 0 1-1 1.1l-2.6.6c-.8.2-1.5-.4-1.5-1.2Z"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  check: ["M4.5 12.5l5 5 10-11"],
  copy: ["M9 8.5h9a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H9A1.5 1.5 0 0 1 7.5 19v-9A1.5 1.5 0 0 1 9 8.5Z", "M4.5 15V5A1.5 1.5 0 0 1 6 3.5h9"],
  door: ["M5 21V4.5A1.5 1.5 0 0 1 6.5 3h11A1.5 1.5 0 0 1 19 4.5V21", "M2.5 21h19", "M15 11.5v1.5"],
} as const;

/** The icons' names. */
export type IconName = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

/** Draws an icon. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const shape of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

/** The product's mark: a ring of people around a point. */
export function mark(): HTMLElement {
  const image = document.createElement("img");
  image.src = "/icon.svg";
  image.alt = "";
  image.className = "mark";
  return image;
}
