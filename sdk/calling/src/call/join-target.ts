import { failure } from '../errors.js';
import type { JoinTarget } from '../signaling/protocol.gen.js';

/**
 * What a locator of `callAgent.join` names, as it goes to the server.
 *
 * A link goes there as the person typed it: no other host is ever contacted for it.
 *
 * @throws CommunicationServicesError 400 for no known locator
 */
export function joinTargetOf(locator: unknown): JoinTarget {
  const of = typeof locator === 'object' && locator !== null ? (locator as Record<string, unknown>) : {};
  const { groupId, meetingLink, meetingId, passcode, roomId } = of;
  if (isText(groupId)) {
    return { kind: 'group', groupId };
  }
  if (isText(meetingLink)) {
    return { kind: 'meetingLink', link: meetingLink.trim() };
  }
  if (isText(meetingId)) {
    return { kind: 'meetingId', meetingId, passcode: isText(passcode) ? passcode : null };
  }
  if (isText(roomId)) {
    return { kind: 'room', roomId: roomId.trim() };
  }
  throw failure('invalidArgument', 'join() needs { groupId }, { roomId }, { meetingLink }, or { meetingId, passcode }.');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
