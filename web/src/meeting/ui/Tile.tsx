// One person in the gallery: the library's tile, with our avatar, and in words what its signs mean.

import { VideoTile } from "@azure/communication-react";
import type { IContextualMenuItem } from "@fluentui/react";
import { hueOf, initials } from "../../shared/people";
import { qualityWords } from "../../shared/strings/quality";
import { commonWords } from "../../shared/strings/common";
import { screenWords } from "../../shared/strings/screen";
import type { TileViewModel } from "../view-model";
import { HandMark } from "./HandMark";
import { Sign } from "./Sign";
import { VideoPlace } from "./VideoPlace";

/** What a tile shows besides its person. */
export interface TileProps {
  readonly tile: TileViewModel;
  /** False where there are more videos than can be shown at once. */
  readonly showsVideo: boolean;
  readonly isPinned: boolean;
  readonly menu: readonly IContextualMenuItem[];
}

/** Shows one person. */
export function Tile({ tile, showsVideo, isPinned, menu }: TileProps) {
  const { hand, reaction } = tile;
  const { reacting, stage: words } = screenWords();
  const video = showsVideo ? tile.video : undefined;
  const isSpeaking = tile.isSpeaking && !tile.isMuted;
  return (
    <figure className="tile" data-name={tile.name} data-local={flag(tile.isLocal)} data-video={flag(video !== undefined)} data-speaking={flag(isSpeaking)}>
      <VideoTile
        userId={tile.id}
        displayName={tile.isLocal ? commonWords().you(tile.name) : tile.name}
        renderElement={video ? <VideoPlace video={video} isMirrored={tile.isLocal} /> : null}
        onRenderPlaceholder={() => <Avatar tile={tile} />}
        isMuted={tile.isMuted}
        isSpeaking={isSpeaking}
        isSpotlighted={tile.spotlight !== undefined}
        isPinned={isPinned}
        {...(menu.length === 0 ? {} : { contextualMenu: { items: [...menu] } })}
      />
      <figcaption className="visually-hidden">
        {tile.isMuted && <span>{words.muted}</span>}
        {tile.spotlight !== undefined && <span>{words.spotlit}</span>}
        {isPinned && <span>{words.pinned}</span>}
      </figcaption>
      {tile.isConnectionBad && (
        <span className="connection-mark" data-level="bad" title={qualityWords().badOfOther}>
          <Sign name="signal" />
          <span className="visually-hidden">{qualityWords().badOfOther}</span>
        </span>
      )}
      {hand !== undefined && <HandMark place={hand} />}
      {reaction && (
        <span key={reaction} className="reaction-mark" data-reaction={reaction}>
          <Sign name={reaction} />
          <span className="visually-hidden">{reacting[reaction]}</span>
        </span>
      )}
    </figure>
  );
}

/** An attribute without a value, or none. */
const flag = (holds: boolean): "" | undefined => (holds ? "" : undefined);

function Avatar({ tile }: { readonly tile: TileViewModel }) {
  return (
    <div className="tile-avatar">
      <div className={`avatar hue-${hueOf(tile.id)}`} aria-hidden="true">
        {initials(tile.name)}
      </div>
    </div>
  );
}
