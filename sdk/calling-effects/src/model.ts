// The engine and its model, packed into this file by the build: it is loaded when the first effect is, and fetches nothing.
/// <reference path="./packed.d.ts" />

import createModule from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js';
import packedEngine from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm';
import packedModel from '@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite';

export const engineBytes: string = packedEngine;
export const modelBytes: string = packedModel;

export function createEngine<Engine>(options: object): Promise<Engine> {
  return createModule(options) as Promise<Engine>;
}
