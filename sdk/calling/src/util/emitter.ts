/** A listener of any event; the typed maps below narrow its arguments. */
type Listener = (...args: never[]) => void;

/** Maps each event's name to the type of its listener. */
export type ListenerMap<E> = { [K in keyof E]: Listener };

/** Something whose events can be listened to. A listener is known by the pair of event and function. */
export interface EventSource<E extends ListenerMap<E>> {
  on<K extends keyof E>(event: K, listener: E[K]): void;
  off<K extends keyof E>(event: K, listener: E[K]): void;
}

/**
 * Keeps listeners and calls them in the order in which they came.
 *
 * A listener that throws does not stop the others: its error surfaces as the page's uncaught error.
 */
export class Emitter<E extends ListenerMap<E>> implements EventSource<E> {
  private readonly listeners = new Map<keyof E, Set<Listener>>();

  on<K extends keyof E>(event: K, listener: E[K]): void {
    const set = this.listeners.get(event) ?? new Set<Listener>();
    set.add(listener);
    this.listeners.set(event, set);
  }

  off<K extends keyof E>(event: K, listener: E[K]): void {
    this.listeners.get(event)?.delete(listener);
  }

  emit<K extends keyof E>(event: K, ...args: Parameters<E[K]>): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        (listener as (...given: Parameters<E[K]>) => void)(...args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Forgets all listeners. */
  clear(): void {
    this.listeners.clear();
  }
}
