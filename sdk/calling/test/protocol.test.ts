import { describe, expect, it } from 'vitest';
import { decodeServerMessage, DecodeError } from '../src/signaling/decode.js';
import type { ClientMessage } from '../src/signaling/protocol.gen.js';
import { fixture, fixtureNames, fixtureText } from './support/fixtures.js';

/** Every place in a JSON value, as a list of keys. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) {
    return [path];
  }
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const below = keys.flatMap((key) => places((value as Record<string | number, unknown>)[key], [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function withReplaced(value: unknown, path: (string | number)[], put: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) {
    return put;
  }
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[key] = withReplaced(copy[key], rest, put);
  return copy;
}

describe('messages of the server', () => {
  const names = fixtureNames('server');

  it('are all there', () => {
    expect(names.length).toBeGreaterThanOrEqual(22);
  });

  it.each(names)('%s is read whole', (name) => {
    expect(decodeServerMessage(fixtureText('server', name))).toEqual(fixture('server', name));
  });

  it.each(names)('%s is refused wherever a value has the wrong type', (name) => {
    const whole = fixture('server', name);
    for (const path of places(whole)) {
      const broken = JSON.stringify(withReplaced(whole, path, { wrong: [] }));
      expect(() => decodeServerMessage(broken), path.join('.')).toThrow(DecodeError);
    }
  });

  it('are refused when they are not JSON, or of an unknown type, and the error says where', () => {
    expect(() => decodeServerMessage('{')).toThrow('the text is not JSON');
    expect(() => decodeServerMessage('[]')).toThrow('the message is not an object');
    expect(() => decodeServerMessage('{"type":"fanfare"}')).toThrow('type is not one of welcome');
    expect(() => decodeServerMessage('{"type":"event","call":1,"event":{"type":"knocked","waiter":{"user":1}}}')).toThrow('event.waiter.user is not a string');
  });

  it('may carry fields and capabilities of a newer server, which are left out', () => {
    const joined = fixture('server', 'response-joined') as { reply: { call: { capabilities: string[] } } };
    joined.reply.call.capabilities.push('levitate');
    const read = decodeServerMessage(JSON.stringify({ ...joined, mood: 'good' }));
    expect(read).toEqual(fixture('server', 'response-joined'));
  });
});

describe('messages of the client', () => {
  it('of every kind have a fixture, and each fixture is a message by its type', () => {
    const requests = fixtureNames('client').flatMap((name) => {
      const message = fixture('client', name) as ClientMessage;
      return message.type === 'request' ? [message.request.type] : [];
    });
    expect(new Set(requests)).toEqual(
      new Set([
        'join', 'startCall', 'accept', 'decline', 'resume', 'leave', 'endForEveryone', 'negotiate', 'setMuted', 'publish', 'unpublish', 'subscribe', 'admit', 'reject', 'admitAll', 'putBack',
        'remove', 'liftBar', 'mute', 'muteAll', 'setAccess', 'setRole', 'setHeld', 'raiseHand', 'lowerHands', 'announce', 'react', 'spotlight', 'endSpotlight',
        'sendData', 'closeData', 'sendText', 'sendTone', 'tellDiagnostics', 'submitSurvey', 'addParticipant', 'transfer', 'follow',
      ]),
    );
  });
});
