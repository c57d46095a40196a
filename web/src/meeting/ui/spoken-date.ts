// The library writes times as the browser's language has it, which may be another one than the page's, and asks for no other.

import { localeOf } from "../../shared/strings/speaking";

/** A date that is written in the page's language, whatever it is asked for. */
export class SpokenDate extends Date {
  override toLocaleTimeString(_locales?: Intl.LocalesArgument, options?: Intl.DateTimeFormatOptions): string {
    return super.toLocaleTimeString(localeOf(), options);
  }

  override toLocaleDateString(_locales?: Intl.LocalesArgument, options?: Intl.DateTimeFormatOptions): string {
    return super.toLocaleDateString(localeOf(), options);
  }
}
