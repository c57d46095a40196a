// The meeting's screen as React shows it, for the page around it, which knows views only.

import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { h, type View } from "../../shared/dom";
import type { MeetingViewModel } from "../view-model";
import { Look } from "./Look";
import { MeetingScreen } from "./MeetingScreen";

/** Makes the screen. What it is told is on the page when `update` returns. */
export function meetingScreen(): View<MeetingViewModel> {
  const element = h("div", { class: "meeting-root" });
  const root = createRoot(element);
  return {
    element,
    update: (meeting) =>
      flushSync(() =>
        root.render(
          <Look>
            <MeetingScreen meeting={meeting} />
          </Look>,
        ),
      ),
    dispose: () => root.unmount(),
  };
}
