// The icons, drawn on a 24 by 24 grid with lines of one width. Decorative: the control beside it carries the words.

/** The lines of each icon, as paths of SVG. */
export const PATHS = {
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
  speaker: ["M4 9.5h3.5L12 5.5v13l-4.5-4H4a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1Z", "M15.5 9a4.2 4.2 0 0 1 0 6", "M18 6.5a7.8 7.8 0 0 1 0 11"],
  tune: ["M4 7h9", "M17 7h3", "M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z", "M4 17h3", "M11 17h9", "M9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z"],
  gear: ["M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z", "M12 2.8v2.6", "M12 18.6v2.6", "M5.5 5.5l1.8 1.8", "M16.7 16.7l1.8 1.8", "M2.8 12h2.6", "M18.6 12h2.6", "M5.5 18.5l1.8-1.8", "M16.7 7.3l1.8-1.8"],
  more: ["M5.5 12h.01", "M12 12h.01", "M18.5 12h.01"],
  hand: ["M7 12.5V6.2a1.4 1.4 0 0 1 2.8 0V11", "M9.8 10.5V4.4a1.4 1.4 0 0 1 2.8 0v6.1", "M12.6 10.8V5.4a1.4 1.4 0 0 1 2.8 0v6.4", "M15.4 12V8a1.4 1.4 0 0 1 2.8 0v6.5a6.5 6.5 0 0 1-6.5 6.5c-2.6 0-4-.9-5.3-2.9l-2.7-4.2a1.4 1.4 0 0 1 2.2-1.7L7 13.8"],
  like: ["M7 10.5v9H4.5a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Z", "M7 11l4-7.5a2 2 0 0 1 2 2V9h5a2 2 0 0 1 2 2.3l-1 6.5a2 2 0 0 1-2 1.7H7"],
  heart: ["M12 20s-8-4.8-8-10.6A4.4 4.4 0 0 1 12 7a4.4 4.4 0 0 1 8 2.4C20 15.2 12 20 12 20Z"],
  applause: ["M5 8.4a1.9 1.9 0 0 1 3.6-1.3l3.2 9.3a1.9 1.9 0 0 1-3.6 1.3Z", "M19 8.4a1.9 1.9 0 0 0-3.6-1.3l-3.2 9.3a1.9 1.9 0 0 0 3.6 1.3Z", "M12 2.8v2.4", "M8.6 3.4l.6 1.5", "M15.4 3.4l-.6 1.5"],
  laugh: ["M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M7.5 13h9a4.5 4.5 0 0 1-9 0Z", "M8.2 9.8l1.6-.9", "M15.8 9.8l-1.6-.9"],
  surprised: ["M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M12 17a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8Z", "M9 9.5h.01", "M15 9.5h.01"],
  spotlight: ["M8 3.5h8l-1.2 4.5H9.2Z", "M9.2 8L5 20.5h14L14.8 8"],
  chat: ["M5 4.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-4.5 3.5v-3.5H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2Z", "M8 9h8", "M8 12.5h5"],
  signal: ["M4.5 19v-3", "M9.5 19v-6.5", "M14.5 19V9", "M19.5 19V5"],
  layout: ["M4.5 4.5h15a1.5 1.5 0 0 1 1.5 1.5v12a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 18V6a1.5 1.5 0 0 1 1.5-1.5Z", "M3 14h18", "M9 14v5.5", "M15 14v5.5"],
  record: ["M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z"],
  bell: ["M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15Z", "M10 20.5a2.2 2.2 0 0 0 4 0"],
  bellOff: ["M6 16.5V11a6 6 0 0 1 .8-3", "M9 5.8A6 6 0 0 1 18 11v3", "M17 18H4.5l1.5-1.5", "M10 20.5a2.2 2.2 0 0 0 4 0", "M4 4l16 16"],
  pause: ["M8.5 5.5v13", "M15.5 5.5v13"],
  play: ["M7.5 5v14l11-7Z"],
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
