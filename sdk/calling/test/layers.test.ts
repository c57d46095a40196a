import { describe, expect, it } from 'vitest';
import { LAYERS, layersOf } from '../src/media/layers.js';

/** Scale and bitrate of the layers that are sent. */
function sent(...[captured, limits]: Parameters<typeof layersOf>): [number, number | undefined][] {
  return layersOf(captured, limits)
    .filter((layer) => layer.active)
    .map((layer) => [layer.scaleResolutionDownBy, layer.maxBitrate]);
}

describe('a camera\'s layers', () => {
  it('are as many as its size is worth, the largest in full', () => {
    expect(sent({ width: 1280, height: 720 }, {})).toEqual([[4, 150_000], [2, 600_000], [1, 1_700_000]]);
    expect(sent({ width: 1920, height: 1080 }, {})).toEqual([[4, 300_000], [2, 1_000_000], [1, 3_000_000]]);
    expect(sent({ width: 720, height: 1280 }, {})).toHaveLength(3);
    expect(sent({ width: 640, height: 360 }, {})).toEqual([[2, 150_000], [1, 600_000]]);
    expect(sent({ width: 640, height: 480 }, {})).toEqual([[2, 300_000], [1, 600_000]]);
    expect(sent({ width: 320, height: 180 }, {})).toEqual([[1, 150_000]]);
  });

  it('are two of a picture whose size is not known: more might leave the largest out', () => {
    expect(sent(undefined, {})).toEqual([[2, 600_000], [1, 1_700_000]]);
    expect(sent({ width: 1280 }, {})).toHaveLength(2);
  });

  it('keep their order and their number: those that are not sent are the last', () => {
    expect(layersOf({ width: 320, height: 180 }, {}).map((layer) => layer.active)).toEqual([true, false, false]);
    expect(layersOf({ width: 320, height: 180 }, {})).toHaveLength(LAYERS.length);
  });

  it('keep to the app\'s bounds together, and are fewer rather than coarse', () => {
    const size = { width: 1280, height: 720 };
    expect(sent(size, { bitrate: { max: 2_000_000 } })).toEqual([[4, 150_000], [2, 600_000], [1, 1_250_000]]);
    expect(sent(size, { bitrate: { max: 1_200_000 } })).toEqual([[2, 600_000], [1, 600_000]]);
    expect(sent(size, { bitrate: { max: 300_000 } })).toEqual([[1, 300_000]]);
    expect(sent(size, { frameHeight: { max: 360 } })).toEqual([[4, 150_000], [2, 600_000]]);
    expect(sent(size, { frameHeight: { max: 1080 } })).toHaveLength(3);
    expect(layersOf(size, { frameRate: { max: 15 } }).map((layer) => layer.maxFramerate)).toEqual([15, 15, 15]);
  });
});
