// Who has just reacted, and how. A reaction is shown for a while and then gone.

import { getIdentifierRawId } from "@azure/communication-common";
import type { CommunicationIdentifier } from "@azure/communication-common";
import { Features } from "@convene/calling";
import type { Call, Reaction, ReactionListener } from "@convene/calling";

/** For how long a reaction is shown, in milliseconds. Longer: it stands for what is over. Shorter: it is missed. */
const SHOWN_FOR_MS = 5000;

/** All that there are, in the order of the menu. */
export const REACTIONS: readonly Reaction[] = ["like", "heart", "applause", "laugh", "surprised"];

/** The reactions of one call that are shown now. */
export class ShownReactions {
  private readonly shown = new Map<string, { readonly reaction: Reaction; readonly timer: ReturnType<typeof setTimeout> }>();

  constructor(
    private readonly call: Call,
    private readonly changed: () => void,
  ) {
    call.feature(Features.Reaction).on("reaction", this.handle);
  }

  /** What somebody has just sent, by raw id. */
  of(id: string): Reaction | undefined {
    return this.shown.get(id)?.reaction;
  }

  /** What this client has just sent. */
  get own(): Reaction | undefined {
    const { identifier } = this.call.callerInfo;
    return identifier && this.of(getIdentifierRawId(identifier));
  }

  dispose(): void {
    this.call.feature(Features.Reaction).off("reaction", this.handle);
    this.shown.forEach(({ timer }) => clearTimeout(timer));
    this.shown.clear();
  }

  private readonly handle: ReactionListener = ({ identifier, reactionMessage }) => {
    const id = rawIdOf(identifier);
    clearTimeout(this.shown.get(id)?.timer);
    const timer = setTimeout(() => {
      this.shown.delete(id);
      this.changed();
    }, SHOWN_FOR_MS);
    this.shown.set(id, { reaction: reactionMessage.reactionType, timer });
    this.changed();
  };
}

/** The event says who reacted by raw id, whatever its type says. */
function rawIdOf(identifier: CommunicationIdentifier | string): string {
  return typeof identifier === "string" ? identifier : getIdentifierRawId(identifier);
}
