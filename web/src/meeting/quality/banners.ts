// What is wrong now, as strips under the title: with the connection, and with devices.

import type { Call } from "@convene/calling";
import type { MeetingActions } from "../actions";
import { may } from "../capabilities";
import type { BannerViewModel } from "../view-model";
import type { CallSigns, DeviceFault } from "./signs";
import { qualityWords, sentenceOf } from "../../shared/strings/quality";

type FaultyDevice = Extract<BannerViewModel["id"], "mutedSpeech" | "microphone" | "camera">;

const DEVICE_OF: Record<DeviceFault, FaultyDevice> = {
  mutedSpeech: "mutedSpeech",
  microphoneStopped: "microphone",
  microphoneTaken: "microphone",
  microphoneSilent: "microphone",
  cameraFrozen: "camera",
  cameraDark: "camera",
  cameraStopped: "camera",
};

/** The strips of what is wrong, without what the person has dismissed. */
export function faultBanners(call: Call, actions: MeetingActions, signs: CallSigns): BannerViewModel[] {
  const dismiss = (what: string) => () => signs.dismiss(what);
  const { connection } = signs;
  const { level, direction } = connection;
  const banners: BannerViewModel[] = [];
  if (level !== "good" && !signs.isDismissed(level)) {
    const sendsCamera = call.localVideoStreams.some((stream) => stream.mediaStreamType === "Video");
    const helps = (level === "poor" || level === "bad") && direction !== "receiving" && sendsCamera && !actions.isBusy("camera");
    const action = helps ? { text: qualityWords().turnCameraOff, run: () => actions.setCamera(false) } : undefined;
    banners.push({ id: "connection", text: sentenceOf(connection), action, dismiss: dismiss(level) });
  }
  for (const fault of signs.faults.filter((each) => !signs.isDismissed(each))) {
    banners.push({ id: DEVICE_OF[fault], text: qualityWords()[fault], action: actionOn(fault, call, actions), dismiss: dismiss(fault) });
  }
  return banners;
}

function actionOn(fault: DeviceFault, call: Call, actions: MeetingActions): BannerViewModel["action"] {
  if (fault !== "mutedSpeech") return { text: qualityWords().devices, run: () => actions.openPopover("devices") };
  return may(call, "unmuteMic") && !actions.isBusy("microphone") ? { text: qualityWords().unmute, run: () => actions.setMicrophone(true) } : undefined;
}
