import type { IceServer } from '../api/agent.js';
import type { JoinCallOptions } from '../api/call.js';
import type { Platform } from '../platform.js';
import type { DeviceSelection } from './call-devices.js';
import type { Entry } from './entry.js';
import type { CallChannel } from './line.js';

/** What a call is made of. */
export interface CallSetup {
  /** This client's own raw id. */
  readonly user: string;
  readonly entry: Entry;
  readonly displayName: string;
  readonly options: JoinCallOptions;
  readonly channel: CallChannel;
  readonly platform: Platform;
  readonly devices: DeviceSelection;
  readonly iceServers: () => readonly IceServer[];
}
