import type { CallClientFeature, CallClientFeatureContext } from '../api/agent.js';
import type { PropertyChangedEvent } from '../api/common.js';
import { activeTabs } from '../util/active-tabs.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type Environment = { platform: string; browser: string; browserVersion: string };

export type EnvironmentInfo = {
  environment: Environment;
  isSupportedPlatform: boolean;
  isSupportedBrowser: boolean;
  isSupportedBrowserVersion: boolean;
  isSupportedEnvironment: boolean;
};

export interface DebugInfoEvents {
  isCallClientActiveInAnotherTabChanged: PropertyChangedEvent;
}

export interface DebugInfoCallClientFeature extends CallClientFeature, EventSource<DebugInfoEvents> {
  getEnvironmentInfo(): Promise<EnvironmentInfo>;
  readonly isCallClientActiveInAnotherTab: boolean;
}

/** Browsers by their mark in the user agent, and the oldest version in which everything that the SDK uses exists. Order matters: Edge names Chrome, too. */
const BROWSERS: readonly { readonly name: string; readonly mark: RegExp; readonly oldest: number }[] = [
  { name: 'edge', mark: /Edg(?:A|iOS)?\/(\d+)[\d.]*/, oldest: 100 },
  { name: 'opera', mark: /OPR\/(\d+)[\d.]*/, oldest: 90 },
  { name: 'firefox', mark: /(?:Firefox|FxiOS)\/(\d+)[\d.]*/, oldest: 128 },
  { name: 'chrome', mark: /(?:Chrome|CriOS|HeadlessChrome|Chromium)\/(\d+)[\d.]*/, oldest: 100 },
  { name: 'safari', mark: /Version\/(\d+)[\d.]* .*Safari/, oldest: 16 },
];

const PLATFORMS: readonly (readonly [name: string, mark: RegExp])[] = [
  ['android', /Android/],
  ['ios', /iPhone|iPad|iPod/],
  ['windows', /Windows/],
  ['mac', /Macintosh|Mac OS X/],
  ['linux', /Linux|X11|CrOS/],
];

/**
 * What a user agent's text says.
 *
 * @param hasWebRtc whether the page has what calls need; without it nothing is supported
 */
export function environmentOf(userAgent: string, hasWebRtc: boolean): EnvironmentInfo {
  const browser = BROWSERS.find((each) => each.mark.test(userAgent));
  const match = browser?.mark.exec(userAgent);
  const platform = PLATFORMS.find(([, mark]) => mark.test(userAgent))?.[0];
  const isSupportedPlatform = platform !== undefined;
  const isSupportedBrowser = browser !== undefined && hasWebRtc;
  const isSupportedBrowserVersion = isSupportedBrowser && Number(match?.[1]) >= browser.oldest;
  const version = /[\d.]+/.exec(match?.[0] ?? '')?.[0];
  return {
    environment: { platform: platform ?? 'unknown', browser: browser?.name ?? 'unknown', browserVersion: version ?? 'unknown' },
    isSupportedPlatform,
    isSupportedBrowser,
    isSupportedBrowserVersion,
    isSupportedEnvironment: isSupportedPlatform && isSupportedBrowser && isSupportedBrowserVersion,
  };
}

/** What the page runs in. */
export class DebugInfo extends FeatureBase<DebugInfoEvents> implements DebugInfoCallClientFeature {
  readonly name = 'DebugInfo';
  private readonly endWatch = activeTabs.watch();
  private readonly handleChanged = (): void => this.emitter.emit('isCallClientActiveInAnotherTabChanged');

  constructor(_context: CallClientFeatureContext) {
    super();
    activeTabs.events.on('changed', this.handleChanged);
  }

  /** Whether a call agent lives in another tab of this origin. Always false in pages without the Web Locks API. */
  get isCallClientActiveInAnotherTab(): boolean {
    return activeTabs.isActiveElsewhere;
  }

  override dispose(): void {
    activeTabs.events.off('changed', this.handleChanged);
    this.endWatch();
    super.dispose();
  }

  getEnvironmentInfo(): Promise<EnvironmentInfo> {
    const hasNavigator = typeof navigator !== 'undefined';
    const hasWebRtc = typeof RTCPeerConnection !== 'undefined' && hasNavigator && navigator.mediaDevices !== undefined;
    return Promise.resolve(environmentOf(hasNavigator ? navigator.userAgent : '', hasWebRtc));
  }
}
