// How large a view shows its video on the screen, and whether anything of it is seen.

import type { ScalingMode, StreamSize } from '../api/common.js';

/** Pixels around the window in which a view counts as seen already, so that it has a picture when it is scrolled in. */
const MARGIN = '64px';
/** The server reads sizes as 16 bits. */
const SIDE_MAX = 65_535;
const HIDDEN: StreamSize = { width: 0, height: 0 };
/** Until the browser has laid the page out: the smallest layer comes, which is there first. */
const UNMEASURED: StreamSize = { width: 1, height: 1 };

/**
 * Watches one view, and tells the size of its picture in pixels of the screen: 0 while it is outside of the window, not in the page, `display: none`, or
 * the page is hidden; undefined while it has a window of its own (picture in picture). A browser that cannot tell is never heard of.
 */
export class ViewSize {
  private seen: boolean | undefined;
  private box: StreamSize = HIDDEN;
  private told: StreamSize | undefined;
  private readonly observers: { disconnect(): void }[] = [];

  constructor(
    private readonly target: HTMLElement,
    private readonly video: HTMLVideoElement,
    private readonly scaling: () => ScalingMode,
    private readonly tell: (size: StreamSize | undefined) => void,
  ) {
    if (typeof IntersectionObserver === 'undefined' || typeof ResizeObserver === 'undefined') {
      return;
    }
    const intersection = new IntersectionObserver(
      (entries) => {
        this.seen = entries.at(-1)?.isIntersecting ?? false;
        this.measure();
      },
      { rootMargin: MARGIN },
    );
    const resize = new ResizeObserver((entries) => {
      const box = entries.at(-1)?.contentRect;
      this.box = box ? { width: box.width, height: box.height } : HIDDEN;
      this.measure();
    });
    intersection.observe(target);
    resize.observe(target);
    this.observers.push(intersection, resize);
    document.addEventListener('visibilitychange', this.measure);
    for (const event of ['resize', 'enterpictureinpicture', 'leavepictureinpicture']) {
      video.addEventListener(event, this.measure);
    }
    this.measure();
  }

  /** Looks again: the picture is fitted into its box in another way. */
  readonly measure = (): void => {
    if (this.observers.length === 0) {
      return;
    }
    const size = this.current();
    if (size?.width !== this.told?.width || size?.height !== this.told?.height) {
      this.told = size;
      this.tell(size);
    }
  };

  dispose(): void {
    for (const observer of this.observers.splice(0)) {
      observer.disconnect();
    }
    document.removeEventListener('visibilitychange', this.measure);
    for (const event of ['resize', 'enterpictureinpicture', 'leavepictureinpicture']) {
      this.video.removeEventListener(event, this.measure);
    }
  }

  private current(): StreamSize | undefined {
    const page = this.target.ownerDocument;
    if (page.pictureInPictureElement === this.video) {
      return undefined;
    }
    if (page.visibilityState === 'hidden' || this.seen === false) {
      return HIDDEN;
    }
    const { width, height } = this.box;
    if (this.seen === undefined) {
      return UNMEASURED;
    }
    return width > 0 && height > 0 ? this.pictureIn(width, height) : HIDDEN;
  }

  /** The whole picture, with what is cut off; its box while nothing is known of it. */
  private pictureIn(width: number, height: number): StreamSize {
    const { videoWidth, videoHeight } = this.video;
    const [across, down] = videoWidth > 0 && videoHeight > 0 ? [width / videoWidth, height / videoHeight] : [1, 1];
    const scaling = this.scaling();
    const scale = scaling === 'Crop' ? Math.max(across, down) : Math.min(across, down);
    const isBox = scaling === 'Stretch' || videoWidth === 0 || videoHeight === 0;
    const inPixels = (side: number): number => Math.min(SIDE_MAX, Math.max(1, Math.floor(side * (globalThis.devicePixelRatio || 1))));
    return isBox
      ? { width: inPixels(width), height: inPixels(height) }
      : { width: inPixels(videoWidth * scale), height: inPixels(videoHeight * scale) };
  }
}
