import { expect, test } from "vitest";
import { asHtml } from "./plain-text";

test("a text that becomes HTML has no markup in it", () => {
  expect(asHtml("1 < 2 & <b>3</b>\n> 2")).toBe("1 &lt; 2 &amp; &lt;b&gt;3&lt;/b&gt;<br>&gt; 2");
});
