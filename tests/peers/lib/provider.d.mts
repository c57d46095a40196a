/** A provider that runs. */
export interface Provider {
  readonly url: string;
  token(more?: Record<string, unknown>): string;
  /** Says from now on that this person signs in. */
  signIn(claims: Record<string, unknown>): void;
  stop(): Promise<void>;
}

/** Starts one for a client with this id and secret. */
export function startProvider(options: { readonly clientId: string; readonly clientSecret: string }): Promise<Provider>;
