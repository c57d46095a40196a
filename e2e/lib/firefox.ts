// Firefox, driven by its own WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): no driver between. One page each.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import WebSocket from "ws";

const EXECUTABLE = process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr";

const PREFERENCES: Record<string, boolean | number | string> = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "network.manage-offline-status": false,
  "remote.prefs.recommended": true,
  "app.update.auto": false,
  "browser.safebrowsing.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "http://127.0.0.1:1/",
  "toolkit.telemetry.server": "http://127.0.0.1:1/",
};

/** An address that Firefox gathers: it leaves out the loopback interface. */
export interface Address {
  readonly address: string;
  remove(): void;
}

/**
 * In the tests' own network namespace, a pair of interfaces that leads nowhere: Firefox gathers only addresses from which a
 * default route goes out. Elsewhere, the machine's own address.
 */
export function gatheredAddress(): Address {
  if (process.env.E2E_OWN_NETWORK !== "1") {
    const own = Object.values(networkInterfaces()).flat().find((each) => each?.family === "IPv4" && !each.internal);
    if (!own) throw new Error("Firefox needs a network address besides 127.0.0.1: run the journeys as root, or connect to a network.");
    return { address: own.address, remove: () => undefined };
  }
  const ip = (...args: string[]): Buffer => execFileSync("ip", args);
  ip("link", "add", "firefox0", "type", "veth", "peer", "name", "firefox1");
  ip("address", "add", "198.18.0.1/24", "dev", "firefox0");
  ip("link", "set", "firefox0", "up");
  ip("link", "set", "firefox1", "up");
  ip("route", "add", "default", "via", "198.18.0.2", "dev", "firefox0");
  return { address: "198.18.0.1", remove: () => void ip("link", "delete", "firefox0") };
}

interface Answer {
  readonly id?: number;
  readonly type: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

type Evaluated = { type: "success"; result: { value?: string } } | { type: "exception"; exceptionDetails: { text: string } };

/** A page in a Firefox of its own. */
export class FirefoxPage {
  private asked = 0;
  private readonly waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  private context = "";
  /** Errors and warnings of the console, and exceptions, so far. */
  readonly said: string[] = [];

  private constructor(
    private readonly browser: ChildProcess,
    private readonly profile: string,
    private readonly socket: WebSocket,
  ) {
    socket.on("message", (data) => this.handleAnswer(JSON.parse(String(data)) as Answer));
  }

  /** Starts Firefox with an empty page; `tone`, in hertz, is what its microphone hears, and `scripts` run in every page before its own. */
  static async launch(tone: number, scripts: readonly (() => void)[]): Promise<FirefoxPage> {
    const profile = await mkdtemp(join(tmpdir(), "convene-firefox-"));
    const preferences = Object.entries({ ...PREFERENCES, "media.navigator.audio.fake_frequency": tone });
    await writeFile(join(profile, "user.js"), preferences.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
    const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
    const browser = spawn(EXECUTABLE, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" } });
    try {
      const socket = new WebSocket(`${await listeningAddress(browser)}/session`);
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      const page = new FirefoxPage(browser, profile, socket);
      await page.ask("session.new", { capabilities: {} });
      await page.ask("session.subscribe", { events: ["log.entryAdded"] });
      for (const script of scripts) await page.ask("script.addPreloadScript", { functionDeclaration: script.toString() });
      const { context } = (await page.ask("browsingContext.create", { type: "tab" })) as { context: string };
      page.context = context;
      return page;
    } catch (error) {
      await end(browser, profile);
      throw error;
    }
  }

  async goto(url: string): Promise<void> {
    await this.ask("browsingContext.navigate", { context: this.context, url, wait: "complete" });
  }

  /** Runs a function in the page; its argument and its result are JSON. */
  async evaluate<Given, Result>(run: (given: Given) => Result | Promise<Result>, given: Given): Promise<Result> {
    return this.evaluateText<Result>(`(${run.toString()})(${JSON.stringify(given)})`);
  }

  /** Runs a function in the page with the first element that fits. */
  async evaluateOn<Result>(selector: string, run: (element: Element) => Result | Promise<Result>): Promise<Result> {
    return this.evaluateText<Result>(`(${run.toString()})(document.querySelector(${JSON.stringify(selector)}))`);
  }

  /** Presses keys, one after the other, where the focus is. */
  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
    await this.ask("input.performActions", { context: this.context, actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async close(): Promise<void> {
    this.socket.terminate();
    await end(this.browser, this.profile);
  }

  private async evaluateText<Result>(expression: string): Promise<Result> {
    const answer = (await this.ask("script.evaluate", {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context: this.context },
      awaitPromise: true,
      userActivation: true,
    })) as Evaluated;
    if (answer.type === "exception") throw new Error(`In Firefox: ${answer.exceptionDetails.text}`);
    return (answer.result.value === undefined ? undefined : JSON.parse(answer.result.value)) as Result;
  }

  private ask(method: string, params: object): Promise<unknown> {
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  private handleAnswer({ id, type, method, params, result, error, message }: Answer): void {
    if (type === "event") {
      const { level, text } = params as { level: string; text: string | null };
      if (method === "log.entryAdded" && ["error", "warn"].includes(level)) this.said.push(`${level}: ${text}`);
      return;
    }
    const asker = this.waiting.get(id ?? 0);
    this.waiting.delete(id ?? 0);
    if (type === "error") asker?.reject(new Error(`Firefox refused: ${error}: ${message}`));
    else asker?.resolve(result);
  }
}

async function end(browser: ChildProcess, profile: string): Promise<void> {
  const exited = new Promise((resolve) => browser.once("exit", resolve));
  if (browser.exitCode === null && browser.kill("SIGKILL")) await exited;
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Tones that are played now, in ascending order; runs in the page. Without an audio device Firefox runs no `AudioContext`, so what plays is
 * recorded for a second and a half, decoded, and each tone's level is taken by Goertzel's method, with the limit that `heardTones` has.
 */
export async function recordTones(tones: readonly number[]): Promise<number[]> {
  const playing = [...window.__observed.players].filter((player) => !player.paused && !player.muted && player.volume > 0);
  const tracks = playing.flatMap((player) => (player.srcObject instanceof MediaStream ? player.srcObject.getAudioTracks() : []));
  const heard = new Set<number>();
  const record = async (track: MediaStreamTrack): Promise<void> => {
    const recorder = new MediaRecorder(new MediaStream([track]));
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    setTimeout(() => recorder.stop(), 1500);
    await stopped;
    const sound = await new OfflineAudioContext(1, 48_000, 48_000).decodeAudioData(await new Blob(parts).arrayBuffer());
    const samples = sound.getChannelData(0);
    for (let start = 0; start + 4096 <= samples.length; start += 4096) {
      for (const tone of tones) {
        const turn = 2 * Math.cos((2 * Math.PI * tone) / sound.sampleRate);
        let [last, before] = [0, 0];
        for (let index = 0; index < 4096; index += 1) {
          const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / 4096);
          [last, before] = [(samples[start + index] ?? 0) * hann + turn * last - before, last];
        }
        const power = last * last + before * before - turn * last * before;
        if (10 * Math.log10(power / 4096 ** 2) > -50) heard.add(tone);
      }
    }
  };
  await Promise.all([...new Map(tracks.filter((track) => track.readyState === "live").map((track) => [track.id, track])).values()].map(record));
  return [...heard].sort((a, b) => a - b);
}

/**
 * Firefox's fake camera changes its colour all the time. So the page gets its devices, and of the camera a
 * picture that is drawn: blue, with a dark bar that moves. Runs in the page before its own scripts.
 */
export function drawTheCamera(): void {
  // An empty page has none.
  if (!navigator.mediaDevices) return;
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    for (const camera of stream.getVideoTracks()) {
      const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
      const context = canvas.getContext("2d");
      let left = 0;
      setInterval(() => {
        if (!context) return;
        context.fillStyle = "rgb(0, 60, 220)";
        context.fillRect(0, 0, 640, 360);
        context.fillStyle = "rgb(10, 10, 10)";
        context.fillRect(left, 0, 80, 360);
        left = (left + 20) % 640;
      }, 33);
      const [drawn] = canvas.captureStream(30).getVideoTracks();
      if (!drawn) throw new Error("This browser captures no canvas.");
      stream.removeTrack(camera);
      stream.addTrack(drawn);
    }
    return stream;
  };
}

function listeningAddress(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    browser.once("error", (error) => reject(new Error(`No Firefox at ${EXECUTABLE}: install firefox-esr, or set FIREFOX_PATH.`, { cause: error })));
    browser.once("exit", (code) => reject(new Error(`Firefox ended with ${code} before it was ready.\n${said.join("\n")}`)));
    if (!browser.stderr) return;
    createInterface({ input: browser.stderr }).on("line", (line) => {
      said.push(line);
      const [, url] = /^WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
}
