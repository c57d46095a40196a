// Runs in every page before its own scripts: remembers what plays and what is connected, and changes nothing.

/** What the observer keeps in the page. */
export interface Observed {
  readonly connections: RTCPeerConnection[];
  /** Every element that was ever given a stream, in the document or not. */
  readonly players: Set<HTMLMediaElement>;
  readonly analysers: Map<string, AnalyserNode>;
  audio: AudioContext | undefined;
}

declare global {
  interface Window {
    __observed: Observed;
  }
}

/** Installs the observer; passed to `addInitScript`. */
export function installObserver(): void {
  const observed: Observed = { connections: [], players: new Set(), analysers: new Map(), audio: undefined };
  window.__observed = observed;

  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      observed.connections.push(this);
    }
  };

  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  const { get, set } = property ?? {};
  if (!get || !set) throw new Error("This browser has no srcObject to observe.");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    configurable: true,
    enumerable: true,
    get(this: HTMLMediaElement) {
      return get.call(this) as MediaProvider | null;
    },
    set(this: HTMLMediaElement, value: MediaProvider | null) {
      observed.players.add(this);
      set.call(this, value);
    },
  });
}
