// The stage: everybody's tile, and a shared screen before them, laid out by the library.

import { VideoGallery, type VideoGalleryLocalParticipant, type VideoGalleryRemoteParticipant } from "@azure/communication-react";
import type { IContextualMenuItem } from "@fluentui/react";
import { useEffect, useMemo, useState } from "react";
import { screenWords } from "../../shared/strings/screen";
import { VideoBox } from "../../shared/video-box";
import { invitationCard } from "../invitation";
import type { MeetingViewModel, ScreenViewModel, TileViewModel } from "../view-model";
import { Hosted } from "./Hosted";
import { Tile } from "./Tile";
import { useMedia } from "./use-media";

/** As many videos as the SDK receives at once. */
const VIDEOS_AT_ONCE = 9;
/** The library takes no more. */
const PINNED_AT_ONCE = 4;

/** Shows the stage. */
export function Gallery({ meeting }: { readonly meeting: MeetingViewModel }) {
  const { tiles, screen } = meeting;
  const words = screenWords().stage;
  const isNarrow = useMedia("(max-width: 700px)");
  const [pins, setPins] = useState<readonly string[]>([]);
  const screenElement = useScreen(screen);
  const others = tiles.filter((tile) => !tile.isLocal);
  const own = tiles.find((tile) => tile.isLocal);
  const spotlit = tiles.filter((tile) => tile.spotlight !== undefined).sort((one, other) => (one.spotlight ?? 0) - (other.spotlight ?? 0));
  const isAlone = others.length === 0 && screen === undefined;
  const pinned = pins.filter((id) => others.some((tile) => tile.id === id && tile.spotlight === undefined));
  // Of two, the other has the whole stage: halves of it would cut faces off. The library's own layout for this hides what can be focused.
  const isPair = others.length === 1 && screen === undefined && spotlit.length === 0 && pinned.length === 0;
  // The library has a large place for others only: who is in the spotlight oneself is one of them.
  const isAmongOthers = own?.spotlight !== undefined && !isAlone;
  const remote = isAmongOthers && own ? [own, ...others] : others;

  function menuOf(tile: TileViewModel): IContextualMenuItem[] {
    if (tile.isLocal || tile.spotlight !== undefined) return [];
    if (pinned.includes(tile.id)) return [{ key: "unpin", text: words.unpin, onClick: () => setPins(pinned.filter((id) => id !== tile.id)) }];
    return pinned.length < PINNED_AT_ONCE ? [{ key: "pin", text: words.pin, onClick: () => setPins([...pinned, tile.id]) }] : [];
  }

  function renderTile(id: string, showsVideo: boolean) {
    const tile = tiles.find((each) => each.id === id);
    if (!tile) return <></>;
    return <Tile key={tile.id} tile={tile} showsVideo={showsVideo} isPinned={pinned.includes(tile.id)} menu={menuOf(tile)} />;
  }

  return (
    <main className="stage" aria-label={words.label} data-alone={isAlone ? "" : undefined}>
      <div className="gallery">
        <VideoGallery
          layout="default"
          localParticipant={localOf(own)}
          remoteParticipants={remote.map((tile) => remoteOf(tile, screen, screenElement))}
          maxRemoteVideoStreams={VIDEOS_AT_ONCE}
          dominantSpeakers={[...meeting.speakers]}
          spotlightedParticipants={isAlone ? [] : spotlit.map((tile) => tile.id)}
          pinnedParticipants={[...pinned]}
          overflowGalleryPosition={isNarrow ? "horizontalBottom" : "verticalRight"}
          localVideoTileSize={isAmongOthers || isPair ? "hidden" : "followDeviceOrientation"}
          onRenderLocalVideoTile={(participant) => renderTile(participant.userId, true)}
          onRenderRemoteVideoTile={(participant, showsVideo = true) => renderTile(participant.userId, showsVideo)}
          strings={{ screenShareStartedAnnouncementAriaLabel: words.screenShown, screenShareStoppedAnnouncementAriaLabel: words.screenGone }}
        />
        {isPair && own && <div className="own-corner">{renderTile(own.id, true)}</div>}
      </div>
      {isAlone && <Hosted make={aloneCard} viewModel={meeting.invite} />}
    </main>
  );
}

const aloneCard = () => invitationCard(screenWords().stage.alone, screenWords().stage.aloneHint);

/** The element in which the shared screen plays. */
function useScreen(screen: ScreenViewModel | undefined): HTMLElement {
  const box = useMemo(() => new VideoBox({ isMirrored: false, scalingMode: "Fit" }), []);
  box.element.classList.add("shared-screen");
  const video = screen?.video;
  useEffect(() => box.show(video), [box, video]);
  useEffect(() => () => box.dispose(), [box]);
  return box.element;
}

function localOf(own: TileViewModel | undefined): VideoGalleryLocalParticipant {
  return { userId: own?.id ?? "local", displayName: own?.name ?? "" };
}

function remoteOf(tile: TileViewModel, screen: ScreenViewModel | undefined, screenElement: HTMLElement): VideoGalleryRemoteParticipant {
  const isSharing = screen?.id === tile.id;
  return {
    userId: tile.id,
    // Tiles take their names from the view-model; this one stands under the shared screen.
    displayName: isSharing ? screenWords().stage.screenOf(tile.name) : tile.name,
    videoStream: { isAvailable: tile.video !== undefined },
    ...(isSharing ? { screenShareStream: { isAvailable: true, renderElement: screenElement } } : {}),
  };
}
