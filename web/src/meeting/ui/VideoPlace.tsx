// One video inside of what React keeps.

import { useLayoutEffect, useRef } from "react";
import { VideoBox } from "../../shared/video-box";
import type { ShownVideo } from "../view-model";

/** Shows a camera's video, cut to the place's shape. */
export function VideoPlace({ video, isMirrored }: { readonly video: ShownVideo; readonly isMirrored: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = new VideoBox({ isMirrored, scalingMode: "Crop" });
    place.current?.append(box.element);
    box.show(video);
    return () => {
      box.dispose();
      box.element.remove();
    };
  }, [video, isMirrored]);
  return <div ref={place} className="hosted" />;
}
