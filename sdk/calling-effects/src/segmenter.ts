import { contextOf, type Picture } from './painter.js';

/** What the WebAssembly module of `@twilio/video-processors` gives: TensorFlow Lite with one model. */
interface Engine {
  readonly HEAPU8: Uint8Array;
  readonly HEAPF32: Float32Array;
  _getModelBufferMemoryOffset(): number;
  _loadModel(bytes: number): number;
  _getInputMemoryOffset(): number;
  _getInputWidth(): number;
  _getInputHeight(): number;
  _getOutputMemoryOffset(): number;
  _runInference(): number;
}

/** How much of the mask before stays in the next one. More: the edge trails behind a person who moves. Less: it flickers. */
const KEEP = 0.3;

/** `v128.const; drop`: a module that only engines with SIMD take. */
const SIMD = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 11]);

/** Whether this browser can find people in pictures. */
export function isSegmentationSupported(): boolean {
  return typeof WebAssembly !== 'undefined' && WebAssembly.validate(SIMD) && typeof OffscreenCanvas !== 'undefined' && typeof DecompressionStream !== 'undefined';
}

/** Finds the person in a picture. */
export class Segmenter {
  private readonly width: number;
  private readonly height: number;
  private readonly scaled: OffscreenCanvasRenderingContext2D;

  constructor(private readonly engine: Engine) {
    this.width = engine._getInputWidth();
    this.height = engine._getInputHeight();
    this.scaled = contextOf(new OffscreenCanvas(this.width, this.height), true);
  }

  /** A mask for one video. */
  createMask(): Mask {
    return new Mask(this.width, this.height);
  }

  /** Writes into the mask where the person is. */
  segment(picture: Picture, mask: Mask): void {
    const { engine, width, height } = this;
    this.scaled.drawImage(picture, 0, 0, width, height);
    const { data } = this.scaled.getImageData(0, 0, width, height);
    const [input, output, heap] = [engine._getInputMemoryOffset() / 4, engine._getOutputMemoryOffset() / 4, engine.HEAPF32];
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      heap[input + pixel * 3] = (data[pixel * 4] ?? 0) / 255;
      heap[input + pixel * 3 + 1] = (data[pixel * 4 + 1] ?? 0) / 255;
      heap[input + pixel * 3 + 2] = (data[pixel * 4 + 2] ?? 0) / 255;
    }
    engine._runInference();
    mask.update(heap.subarray(output, output + width * height));
  }
}

/** Where the person is: opaque. */
export class Mask {
  readonly canvas: OffscreenCanvas;
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly image: ImageData;
  private readonly last: Float32Array;

  constructor(width: number, height: number) {
    this.canvas = new OffscreenCanvas(width, height);
    this.context = contextOf(this.canvas);
    this.image = new ImageData(width, height);
    this.last = new Float32Array(width * height);
  }

  /** @param person how sure it is for each pixel that it is the person, from 0 to 1 */
  update(person: Float32Array): void {
    for (let pixel = 0; pixel < person.length; pixel += 1) {
      const sure = (this.last[pixel] ?? 0) * KEEP + (person[pixel] ?? 0) * (1 - KEEP);
      this.last[pixel] = sure;
      // Around the middle it goes from all to nothing: a half-transparent background would show what is to be hidden.
      this.image.data[pixel * 4 + 3] = Math.min(1, Math.max(0, (sure - 0.4) * 5)) * 255;
    }
    this.context.putImageData(this.image, 0, 0);
  }
}

let loading: Promise<Segmenter> | undefined;

/** The segmenter of this page; loaded when first asked for. It does one picture after another, so all videos share it. */
export function loadSegmenter(): Promise<Segmenter> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw new Error('FailedToProcess: what finds people in pictures could not be loaded. If the page has a Content-Security-Policy, its script-src needs \'wasm-unsafe-eval\'.', { cause: error });
  });
  return loading;
}

async function load(): Promise<Segmenter> {
  const { createEngine, engineBytes, modelBytes } = await import('./model.js');
  const [wasmBinary, model] = await Promise.all([unpack(engineBytes), unpack(modelBytes)]);
  const engine = await createEngine<Engine>({ wasmBinary, print: () => undefined, printErr: () => undefined });
  engine.HEAPU8.set(model, engine._getModelBufferMemoryOffset());
  if (engine._loadModel(model.length) !== 0) {
    throw new Error('The model does not fit the engine.');
  }
  return new Segmenter(engine);
}

/** From gzip in base64. */
async function unpack(packed: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
