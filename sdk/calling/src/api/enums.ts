// The enums and constants that exist at run time. Names and values as in ACS.

export enum CallAgentKind {
  CallAgent = 'CallAgent',
  TeamsCallAgent = 'TeamsCallAgent',
}

export enum CallKind {
  Call = 'Call',
  TeamsCall = 'TeamsCall',
}

export enum IncomingCallKind {
  IncomingCall = 'IncomingCall',
  TeamsIncomingCall = 'TeamsIncomingCall',
}

export enum DevicePermissionAccess {
  Granted = 'granted',
  Denied = 'denied',
  Prompt = 'prompt',
}

export enum DiagnosticQuality {
  Good = 1,
  Poor = 2,
  Bad = 3,
}

export enum RecordingState {
  None = 0,
  Started = 1,
  Paused = 2,
  Ended = 3,
}

export type DisconnectCategory = 'Expected' | 'Unexpected';
export type DisconnectReason =
  | 'client' | 'unload' | 'dispose' | 'userInitiated' | 'sydneyInitiated' | 'fatalError' | 'botLeft' | 'devicePermissions' | 'configureFailure'
  | 'userDidNotJoinPreheatedSession' | 'mediaSessionDisconnected' | 'sessionDisconnected' | 'preheatFailed' | 'userNavigatedAway'
  | 'preheatDisposed' | 'timeout';

/** Which reasons are part of normal use, and which are faults. */
export const disconnectCategoryMap: Record<DisconnectReason, DisconnectCategory> = {
  client: 'Expected',
  unload: 'Expected',
  dispose: 'Expected',
  userInitiated: 'Expected',
  sydneyInitiated: 'Expected',
  fatalError: 'Unexpected',
  botLeft: 'Expected',
  devicePermissions: 'Unexpected',
  configureFailure: 'Unexpected',
  userDidNotJoinPreheatedSession: 'Expected',
  mediaSessionDisconnected: 'Unexpected',
  sessionDisconnected: 'Unexpected',
  preheatFailed: 'Unexpected',
  userNavigatedAway: 'Expected',
  preheatDisposed: 'Expected',
  timeout: 'Unexpected',
};
