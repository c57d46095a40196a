// What is behind the person.

/** A picture of a size. */
export type Picture = CanvasImageSource;

/** Paints the background behind what the canvas shows already. */
export interface Painter {
  paint(context: OffscreenCanvasRenderingContext2D, frame: Picture, width: number, height: number): void;
}

/** How many pixels wide the frame becomes, before it is made large again. Fewer: more blur. */
const BLUR_WIDTHS = [160, 48, 16] as const;

/** The frame itself, made small and large again: that blurs in every browser, and costs little. */
export class BlurPainter implements Painter {
  private readonly steps = BLUR_WIDTHS.map((width) => {
    const canvas = new OffscreenCanvas(width, width);
    return { canvas, context: contextOf(canvas) };
  });

  paint(context: OffscreenCanvasRenderingContext2D, frame: Picture, width: number, height: number): void {
    let source = frame;
    for (const { canvas, context: small } of this.steps) {
      const high = Math.max(1, Math.round((canvas.width * height) / width));
      if (canvas.height !== high) {
        canvas.height = high;
        smooth(small);
      }
      small.drawImage(source, 0, 0, canvas.width, high);
      source = canvas;
    }
    context.drawImage(source, 0, 0, width, height);
  }
}

/** An image that covers the whole. */
export class ImagePainter implements Painter {
  constructor(private readonly image: ImageBitmap) {}

  paint(context: OffscreenCanvasRenderingContext2D, _frame: Picture, width: number, height: number): void {
    const { image } = this;
    const scale = Math.max(width / image.width, height / image.height);
    const [wide, high] = [image.width * scale, image.height * scale];
    context.drawImage(image, (width - wide) / 2, (height - high) / 2, wide, high);
  }
}

/** @throws Error with `FailedToFetchImage` if the page may not load it, or it is none */
export async function loadImage(url: string): Promise<ImageBitmap> {
  const image = new Image();
  image.crossOrigin = 'anonymous';
  image.src = url;
  try {
    await image.decode();
    return await createImageBitmap(image);
  } catch (error) {
    throw new Error(`FailedToFetchImage: the background ${url.slice(0, 100)} cannot be loaded. Use an image that this page may read.`, { cause: error });
  }
}

/**
 * A context for pictures that are scaled.
 *
 * @param isRead whether its pixels are read again and again
 */
export function contextOf(canvas: OffscreenCanvas, isRead = false): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: isRead });
  if (!context) {
    throw new Error('The browser gives no canvas to paint on.');
  }
  smooth(context);
  return context;
}

/** Setting a canvas's size forgets this. */
export function smooth(context: OffscreenCanvasRenderingContext2D): void {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
}
