// As much of a document as views and players use.

import { vi } from 'vitest';
import type { FakeStream } from './fakes.js';

export class FakeElement extends EventTarget {
  readonly style: Record<string, string> = {};
  readonly children: FakeElement[] = [];
  readonly dataset: Record<string, string> = {};
  srcObject: FakeStream | null = null;
  videoWidth = 0;
  videoHeight = 0;
  muted = false;
  removed = false;
  sink: string | undefined;
  plays = 0;
  playError: Error | undefined;

  constructor(readonly tag: string) {
    super();
  }
  get ownerDocument(): Document {
    return document;
  }
  get isConnected(): boolean {
    return !this.removed;
  }
  append(...children: FakeElement[]): void {
    this.children.push(...children);
  }
  remove(): void {
    this.removed = true;
  }
  play(): Promise<void> {
    this.plays += 1;
    return this.playError ? Promise.reject(this.playError) : Promise.resolve();
  }
  setSinkId(id: string): Promise<void> {
    this.sink = id;
    return Promise.resolve();
  }
  showFrame(width: number, height: number): void {
    this.videoWidth = width;
    this.videoHeight = height;
    this.dispatchEvent(new Event('resize'));
  }
}

/** A page whose elements can be looked at. */
export interface FakePage {
  readonly body: FakeElement;
  /** The person does something. */
  gesture(): void;
}

export function installPage(prepare: (element: FakeElement) => void = () => undefined): FakePage {
  const body = new FakeElement('body');
  const page = Object.assign(new EventTarget(), {
    body,
    createElement: (tag: string) => {
      const element = new FakeElement(tag);
      prepare(element);
      return element;
    },
  });
  vi.stubGlobal('document', page);
  return { body, gesture: () => void page.dispatchEvent(new Event('pointerdown')) };
}
