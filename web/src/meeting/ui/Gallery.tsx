// The stage: everybody's tile, and a shared screen before them, laid out by the library.

import { VideoGallery, type VideoGalleryLocalParticipant, type VideoGalleryRemoteParticipant } from "@azure/communication-react";
import type { IContextualMenuItem } from "@fluentui/react";
import { useEffect, useMemo, useState } from "react";
import { screenWords } from "../../shared/strings/screen";
import { VideoBox } from "../../shared/video-box";
import { invitationCard } from "../invitation";
import { arrange, VIDEOS_AT_ONCE } from "../layout/arrange";
import type { MeetingViewModel, ScreenViewModel, TileViewModel } from "../view-model";
import { Hosted } from "./Hosted";
import { Tile } from "./Tile";
import { useMedia } from "./use-media";

/** The library takes no more. */
const PINNED_AT_ONCE = 4;

/** Shows the stage. */
export function Gallery({ meeting }: { readonly meeting: MeetingViewModel }) {
  const { tiles, screen } = meeting;
  const words = screenWords().stage;
  const isNarrow = useMedia("(max-width: 700px)");
  const [pins, setPins] = useState<readonly string[]>([]);
  const screenElement = useScreen(screen);
  const own = tiles.find((tile) => tile.isLocal);
  const { isAlone, remote, large, pinned, own: ownPlace } = arrange(meeting, pins);

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
          spotlightedParticipants={[...large]}
          pinnedParticipants={[...pinned]}
          overflowGalleryPosition={isNarrow ? "horizontalBottom" : "verticalRight"}
          localVideoTileSize={ownPlace === "layout" ? "followDeviceOrientation" : "hidden"}
          onRenderLocalVideoTile={(participant) => renderTile(participant.userId, true)}
          onRenderRemoteVideoTile={(participant, showsVideo = true) => renderTile(participant.userId, showsVideo)}
          strings={{ screenShareStartedAnnouncementAriaLabel: words.screenShown, screenShareStoppedAnnouncementAriaLabel: words.screenGone }}
        />
        {ownPlace === "corner" && own && <div className="own-corner">{renderTile(own.id, true)}</div>}
      </div>
      {isAlone && meeting.controls.invite && <Hosted make={aloneCard} viewModel={meeting.invite} />}
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
