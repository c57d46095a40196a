import type { StreamSize } from '../api/common.js';
import type { Emitter } from '../util/emitter.js';

/** What a view needs of a stream: what to show now, and to be told of changes. */
export interface VideoSourceEvents {
  /** Another track, or none. */
  trackChanged: (track: MediaStreamTrack | undefined) => void;
}

/** A stream that views can show. While at least one use is open, a remote stream is asked for from the server. */
export interface VideoSource {
  readonly source: Emitter<VideoSourceEvents>;
  readonly track: MediaStreamTrack | undefined;
  /** Opens a use; call the result once to end it. */
  use(): Promise<() => void>;
  /** A frame of that size is on the screen. */
  handleFrame(width: number, height: number): void;
  /** How large a view shows it, in pixels of the screen; 0 if nothing of it is seen. */
  handleShown(view: object, size: StreamSize | 'unknown' | 'gone'): void;
}

/** The key under which a public stream carries its `VideoSource`; survives proxies, and is no part of the public types. */
const SOURCE = Symbol.for('convene.videoSource');

/** Makes a public stream one that views can show. */
export function carry(stream: object, source: VideoSource): void {
  Object.defineProperty(stream, SOURCE, { value: source });
}

/** The source of a public stream, or undefined for an object that is none of ours. */
export function videoSourceOf(stream: object): VideoSource | undefined {
  return (stream as { [SOURCE]?: VideoSource })[SOURCE];
}
