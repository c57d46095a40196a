// How far the others have read. Receipts come in any order and more than once.

/** The receipts of one thread. */
export class Readers {
  private readonly readTo = new Map<string, string>();

  /** Takes a receipt; one that says less than is known says nothing. */
  hear(person: string, message: string): void {
    if (Number(message) > Number(this.readTo.get(person) ?? -1)) this.readTo.set(person, message);
  }

  /** Raw ids, and the message to which each has read. */
  get all(): readonly (readonly [string, string])[] {
    return [...this.readTo];
  }
}
