// Effects of ACS that this version does not have. They can be named and made, and say so; the browser's own are in `Features.AudioEffects`.

/** Not supported: use `'BrowserNoiseSuppression'` in `Features.AudioEffects` instead. */
export class DeepNoiseSuppressionEffect {
  readonly name = 'DeepNoiseSuppression';

  isSupported(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

/** Not supported: use `'BrowserEchoCancellation'` in `Features.AudioEffects` instead. */
export class EchoCancellationEffect {
  readonly name = 'EchoCancellation';

  isSupported(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
