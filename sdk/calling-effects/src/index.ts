// The public names of the package, as in ACS.

export { BackgroundBlurEffect, BackgroundReplacementEffect } from './background.js';
export type { BackgroundBlurConfig, BackgroundReplacementConfig, VideoEffectConfig, VideoEffectName } from './background.js';
export { DeepNoiseSuppressionEffect, EchoCancellationEffect } from './audio.js';
