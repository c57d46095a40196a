import { failure } from '../errors.js';

/** One WebSocket, or a test's double of it. Text in order, both ways. */
export interface Transport {
  send(text: string): void;
  /**
   * Closes it. No handler is called afterwards.
   *
   * @param leaves whether this client leaves for good; otherwise the server keeps its places in calls for a while
   */
  close(leaves: boolean): void;
  /** Sets who is told. Set once, right after the transport is made. */
  handle(handlers: TransportHandlers): void;
}

function openSocket(url: string): WebSocket {
  try {
    return new WebSocket(url);
  } catch (cause) {
    throw failure('connectFailed', `The browser does not connect to ${url}. Serve the page and the server over https, or both from this machine.`, cause);
  }
}

/** What a transport tells. `closed` comes at most once, also when it could not be opened. */
export interface TransportHandlers {
  opened(): void;
  received(text: string): void;
  closed(): void;
}

/** Opens a transport to a URL. */
export type Connect = (url: string) => Transport;

/**
 * A transport over the browser's WebSocket.
 *
 * @throws CommunicationServicesError 490/40114 if the browser does not allow it, for example an unprotected address from a protected page
 */
export function connectWebSocket(url: string): Transport {
  const socket = openSocket(url);
  let handlers: TransportHandlers | undefined;
  socket.addEventListener('open', () => handlers?.opened());
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (typeof event.data === 'string') {
      handlers?.received(event.data);
    }
  });
  socket.addEventListener('close', () => {
    handlers?.closed();
    handlers = undefined;
  });
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(text);
      }
    },
    close: (leaves) => {
      handlers = undefined;
      // The server takes a close with a code as leaving, and one without as a network that is gone.
      if (leaves) {
        socket.close(1000);
      } else {
        socket.close();
      }
    },
    handle: (given) => {
      handlers = given;
    },
  };
}
