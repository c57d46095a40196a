// The meeting's screen: header, stage, panel, controls, and what has to be told.

import { useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from "react";
import { deviceFields, type DeviceFieldsViewModel } from "../../shared/device-fields";
import { h, type View } from "../../shared/dom";
import { screenWords } from "../../shared/strings/screen";
import { bannerList } from "../banners";
import { controlsBar } from "../controls";
import { invitationCard } from "../invitation";
import { noticeBar } from "../notice";
import { optionsDialog } from "../options/dialog";
import { peopleAnnouncer } from "../people/announcer";
import { layoutMenu } from "../layout/menu";
import { lobbyAnnouncer, lobbyToast } from "../people/lobby";
import { peoplePanel } from "../people/panel";
import { popover } from "../popover";
import { qualityCard } from "../quality/card";
import { connectionSign } from "../quality/sign";
import { qualityWords } from "../../shared/strings/quality";
import type { QualityViewModel } from "../quality/view-model";
import type { InviteViewModel, MeetingViewModel, ToggleViewModel } from "../view-model";
import { ChatPanel } from "./ChatPanel";
import { Gallery } from "./Gallery";
import { Hosted } from "./Hosted";

/** Shows the whole screen. */
export function MeetingScreen({ meeting }: { readonly meeting: MeetingViewModel }) {
  const { controls } = meeting;
  const { people, chat, invite, devices } = controls;
  const panel = people.isOn ? "people" : chat?.isOn ? "chat" : undefined;
  const place = useRef<HTMLDivElement>(null);
  useFocusOfPanel(place, panel);

  /** Escape in the panel closes it; the focus goes to the button that opens it again. */
  function handleKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (!(event.target as Element).closest(".panel")) return;
    if (panel === "people") people.toggle?.();
    if (panel === "chat") chat?.toggle?.();
  }

  return (
    <div ref={place} className="meeting" data-panel={panel} onKeyDown={handleKey}>
      <header className="meeting-header">
        <img className="mark" src="/icon.svg" alt="" />
        <h1 className="meeting-title" tabIndex={-1} data-first-focus>
          {meeting.title}
        </h1>
        <Hosted make={layoutMenu} viewModel={meeting.layout} />
        <Hosted make={connectionSign} viewModel={meeting.connection} />
      </header>
      <Hosted make={bannerList} viewModel={meeting.banners} />
      <div className="meeting-body">
        <Gallery meeting={meeting} />
        <Hosted make={peoplePanel} viewModel={meeting} />
        {meeting.chat && <ChatPanel chat={meeting.chat} isOpen={chat?.isOn ?? false} close={chat?.toggle} />}
      </div>
      <Hosted make={controlsBar} viewModel={controls} />
      <div className="overlays upper">
        <Hosted make={noticeBar} viewModel={meeting.notice} />
        <Hosted make={lobbyToast} viewModel={{ lobby: meeting.lobby, isPanelOpen: people.isOn, openPanel: people.toggle }} />
      </div>
      <div className="overlays">
        {invite && <Hosted make={inviteCard} viewModel={{ card: invite, content: meeting.invite }} />}
        <Hosted make={figuresCard} viewModel={{ card: meeting.connection.figures, content: meeting.quality }} />
        <Hosted make={devicesCard} viewModel={{ card: devices, content: devices.isOn ? meeting.devices : { ...meeting.devices, sound: undefined } }} />
      </div>
      <Hosted make={optionsDialog} viewModel={meeting.options} />
      <Hosted make={lobbyAnnouncer} viewModel={meeting.lobby} />
      <Hosted make={peopleAnnouncer} viewModel={meeting.people} />
    </div>
  );
}

/** Gives the focus to the button that opens the panel again, when the panel that had it closes; and to the panel that its toast opens. */
function useFocusOfPanel(place: RefObject<HTMLElement>, panel: "people" | "chat" | undefined): void {
  const focused = place.current?.querySelector(".panel:focus-within");
  const next = useRef<string | undefined>(undefined);
  // While rendering: afterwards, the panel is hidden and the focus is lost.
  if (focused && !panel) next.current = `[data-panel-button="${focused.classList.contains("chat") ? "chat" : "people"}"]`;
  // Who asked to see those who wait goes on in their panel.
  if (panel === "people" && place.current?.querySelector(".lobby-toast:focus-within")) next.current = ".panel:not(.chat) .panel-title";
  useLayoutEffect(() => {
    if (next.current) place.current?.querySelector<HTMLElement>(next.current)?.focus();
    next.current = undefined;
  });
}

interface CardViewModel<Content> {
  readonly card: ToggleViewModel;
  readonly content: Content;
}

function cardOver<Content>(label: string, content: View<Content>, around: HTMLElement): View<CardViewModel<Content>> {
  const over = popover(label, around);
  return {
    element: over.element,
    update({ card, content: shown }) {
      content.update(shown);
      over.update(card);
    },
    dispose: () => content.dispose?.(),
  };
}

function inviteCard(): View<CardViewModel<InviteViewModel>> {
  const { heading, hint } = screenWords().invite;
  const card = invitationCard(heading, hint);
  return cardOver(heading, card, card.element);
}

function figuresCard(): View<CardViewModel<QualityViewModel | undefined>> {
  const card = qualityCard();
  return cardOver(qualityWords().heading, card, card.element);
}

function devicesCard(): View<CardViewModel<DeviceFieldsViewModel>> {
  const fields = deviceFields();
  const heading = screenWords().devices;
  return cardOver(heading, fields, h("div", { class: "card" }, h("h2", {}, heading), fields.element));
}
