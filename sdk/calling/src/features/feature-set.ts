import { failure } from '../errors.js';
import type { BaseFeature } from '../api/common.js';

/** The features of one object: each is made when first asked for, then always the same. */
export class FeatureSet {
  private readonly made = new Map<unknown, BaseFeature>();

  /**
   * @param ctor the constructor inside the factory that the app passed
   * @throws CommunicationServicesError 400 if the app passed no feature of this kind of object
   */
  get<TContext, TFeature extends BaseFeature>(ctor: (new (context: TContext) => TFeature) | undefined, context: TContext): TFeature {
    if (typeof ctor !== 'function') {
      throw failure('invalidArgument', 'feature() needs one of the keys of Features that belongs to this object.');
    }
    const known = this.made.get(ctor);
    if (known) {
      return known as TFeature;
    }
    const feature = new ctor(context);
    this.made.set(ctor, feature);
    return feature;
  }

  dispose(): void {
    for (const feature of this.made.values()) {
      feature.dispose();
    }
    this.made.clear();
  }
}
