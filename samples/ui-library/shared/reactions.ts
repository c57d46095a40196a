// The pictures of reactions. The library has none of its own and shows no reactions without them: each is a strip of frames, one below the
// other.

import type { ReactionResources } from "@azure/communication-react";
import applause from "./reactions/applause.svg";
import heart from "./reactions/heart.svg";
import laugh from "./reactions/laugh.svg";
import like from "./reactions/like.svg";
import surprised from "./reactions/surprised.svg";

const strip = (url: string) => ({ url, frameCount: 51 });

export const reactionResources: ReactionResources = {
  likeReaction: strip(like),
  heartReaction: strip(heart),
  laughReaction: strip(laugh),
  applauseReaction: strip(applause),
  surprisedReaction: strip(surprised),
};
