// Strips under the title: what is true for as long as they stand there.

import { h, hiddenText, setText, type View } from "../shared/dom";
import { icon, type IconName } from "../shared/icons";
import { keepFocus } from "../shared/keep-focus";
import { KeyedList } from "../shared/keyed-list";
import { qualityWords } from "../shared/strings/quality";
import type { BannerViewModel } from "./view-model";

const ICONS: Record<BannerViewModel["id"], IconName> = {
  held: "pause",
  heldByOther: "pause",
  sharing: "screen",
  recording: "record",
  transcription: "record",
  connection: "signal",
  mutedSpeech: "microphoneOff",
  microphone: "microphoneOff",
  camera: "cameraOff",
};

/** Makes the strips. What comes is told to screen readers, alone and once. */
export function bannerList(): View<readonly BannerViewModel[]> {
  const element = h("div", { class: "banners", role: "status", "aria-atomic": "false" });
  const banners = new KeyedList<BannerViewModel>(element, (banner) => banner.id, bannerView);
  return {
    element,
    update: (state) => keepFocus(element, () => banners.update(state)),
    dispose: () => banners.dispose(),
  };
}

function bannerView(first: BannerViewModel): View<BannerViewModel> {
  const text = h("span", { class: "banner-text" });
  const button = h("button", { class: "button small", type: "button", onclick: () => current.action?.run() });
  const dismiss = h("button", { class: "button quiet icon-only", type: "button", "data-place": "dismiss", onclick: () => current.dismiss?.() }, icon("close"), hiddenText(qualityWords().dismiss));
  const element = h("div", { class: "banner", "data-kind": first.id }, icon(ICONS[first.id]), text, button, dismiss);
  let current = first;
  return {
    element,
    update(banner) {
      current = banner;
      setText(text, banner.text);
      button.hidden = banner.action === undefined;
      setText(button, banner.action?.text ?? "");
      dismiss.hidden = banner.dismiss === undefined;
    },
  };
}
