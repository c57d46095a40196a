import type { ErrorBody } from './signaling/protocol.gen.js';

/** What the SDK's methods throw. `code` is of HTTP's kind; `subCode` says exactly what went wrong. */
export interface CommunicationServicesError {
  name: string;
  message: string;
  code: number;
  subCode: number;
}

/** An error with code, sub code, and a message that says what happened and what to do next. */
export class CallingError extends Error implements CommunicationServicesError {
  readonly code: number;
  readonly subCode: number;

  constructor(code: number, subCode: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CommunicationServicesError';
    this.code = code;
    this.subCode = subCode;
  }
}

/** The codes of errors that this SDK finds by itself. Sub codes of 90000 and more are Convene's own, the others ACS's. */
export const codes = {
  invalidArgument: [400, 90400],
  invalidToken: [401, 10009],
  scopeMissing: [403, 10009],
  forbidden: [403, 90403],
  duplicateAgent: [409, 40228],
  agentDisposed: [412, 40104],
  connectFailed: [490, 40114],
  networkLost: [496, 7],
  timedOut: [408, 4506],
  protocolBroken: [500, 90500],
  notSupported: [501, 90501],
  callEnded: [412, 90412],
  notFound: [404, 90404],
  notInCall: [412, 90416],
  channelClosed: [412, 90417],
  tooMuchData: [429, 90429],
  speakerSelectionMissing: [405, 40606],
  permissionDenied: [403, 40613],
  videoArgument: [400, 41025],
  videoAlreadyStarted: [409, 41027],
  videoStopArgument: [400, 41030],
  videoNotStarted: [409, 41032],
  screenAlreadyOn: [409, 41035],
  screenAlreadyOff: [409, 41041],
  screenNotConnected: [412, 41071],
  cameraFailed: [500, 43000],
  effectFailed: [500, 90418],
  microphoneFailed: [500, 90415],
  mediaUnreachable: [410, 301004],
  mediaLost: [410, 301005],
  offerRefused: [488, 90488],
  viewDisposed: [412, 90413],
  streamDisposed: [412, 90414],
} as const satisfies Record<string, readonly [code: number, subCode: number]>;

/** Makes the error with the code of that name. */
export function failure(name: keyof typeof codes, message: string, cause?: unknown): CallingError {
  const [code, subCode] = codes[name];
  return new CallingError(code, subCode, message, cause === undefined ? undefined : { cause });
}

/** The error for an action of ACS's API that Convene does not have. */
export function notSupported(action: string, instead?: string): CallingError {
  return failure('notSupported', `${action} is not supported by this version of Convene.${instead ? ` ${instead}` : ''}`);
}

/** The server's refusal as an error. */
export function refusal(body: ErrorBody): CallingError {
  return new CallingError(body.code, body.subCode, body.message);
}

/** True if the line to the server broke, as opposed to a refusal. */
export function isInterruption(error: unknown): boolean {
  return error instanceof CallingError && error.code === codes.networkLost[0] && error.subCode === codes.networkLost[1];
}

/** Whether the server gave something up because it put this client back into the lobby; the event says so, too. */
export function isPutBack(error: unknown): boolean {
  return error instanceof CallingError && error.code === 0 && error.subCode === 90001;
}

/** Anything thrown, as one of our errors. */
export function asCallingError(thrown: unknown): CallingError {
  if (thrown instanceof CallingError) {
    return thrown;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return failure('protocolBroken', message, thrown);
}
