// One Chromium for each camera, since the fake devices belong to the process. Started when first needed.

import { chromium, type Browser } from "@playwright/test";
import { deviceFiles, type Camera } from "./devices";

const EXECUTABLE = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--allow-loopback-in-peer-connection",
  "--autoplay-policy=no-user-gesture-required",
  "--auto-select-desktop-capture-source=Entire screen",
  // Pages from disk have no address, so the browser takes them for a public site that reaches into this machine.
  ...(process.env.E2E_PAGES === "disk" ? ["--disable-features=LocalNetworkAccessChecks"] : []),
];

/** The browsers of one run. */
export class Browsers {
  private readonly running = new Map<Camera, Promise<Browser>>();

  /** The browser with this camera. */
  of(camera: Camera): Promise<Browser> {
    const known = this.running.get(camera);
    if (known) return known;
    const browser = launch(camera);
    this.running.set(camera, browser);
    return browser;
  }

  /** Ends all. */
  async close(): Promise<void> {
    const browsers = await Promise.all(this.running.values());
    await Promise.all(browsers.map((browser) => browser.close()));
  }
}

async function launch(camera: Camera): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [...FLAGS, answer(camera), ...(await deviceFlags(camera))],
    // Muted output would be no proof that anything is heard.
    ignoreDefaultArgs: ["--mute-audio"],
  });
}

/** Chromium answers its own questions: yes, but for the person who forbids. */
function answer(camera: Camera): string {
  return camera === "forbidden" ? "--deny-permission-prompts" : "--use-fake-ui-for-media-stream";
}

async function deviceFlags(camera: Camera): Promise<string[]> {
  if (camera === "none") return [];
  if (camera === "forbidden") return deviceFlags("yellow");
  const { video, audio } = await deviceFiles(camera);
  return [
    "--use-fake-device-for-media-stream=fps=30",
    `--use-file-for-fake-video-capture=${video}`,
    `--use-file-for-fake-audio-capture=${audio}`,
  ];
}
