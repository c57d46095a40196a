// The icons that Fluent's own controls name. Its icon fonts come from Microsoft's servers, under terms of their own; these are the same
// signs as SVG, from a package under the MIT licence.

import { registerIcons } from "@fluentui/react";
import { CheckmarkRegular, ChevronDownRegular, ChevronLeftRegular, ChevronRightRegular, DismissRegular, ErrorCircleRegular, InfoRegular, LinkRegular, MoreHorizontalRegular, PersonAddRegular, PersonProhibitedRegular } from "@fluentui/react-icons";

/** To be called once, before anything is drawn. */
export function registerFluentIcons(): void {
  registerIcons({
    icons: {
      checkmark: <CheckmarkRegular />,
      accept: <CheckmarkRegular />,
      // In a line as high as its control, where a font's sign would stand in the middle by itself.
      chevrondown: <ChevronDownRegular style={{ verticalAlign: "middle" }} />,
      chevronleft: <ChevronLeftRegular />,
      chevronright: <ChevronRightRegular />,
      cancel: <DismissRegular />,
      clear: <DismissRegular />,
      errorbadge: <ErrorCircleRegular />,
      info: <InfoRegular />,
      link: <LinkRegular />,
      more: <MoreHorizontalRegular />,
      peopleadd: <PersonAddRegular />,
      peopleblock: <PersonProhibitedRegular />,
    },
  });
}
