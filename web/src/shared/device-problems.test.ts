import { describe, expect, it } from "vitest";
import { problemWith } from "./device-problems";

describe("why a device cannot be used", () => {
  it("says how to allow what was denied, whether it is listed or not", () => {
    const words =
      "The browser does not let this page use the camera. Press the sign beside the address, allow the camera, then press “Try again”.";
    expect(problemWith("camera", true, "denied")).toBe(words);
    expect(problemWith("camera", false, "denied")).toBe(words);
  });

  it("asks to plug one in where there is none", () => {
    expect(problemWith("microphone", false, "granted")).toBe("No microphone was found. Plug one in; this page notices it by itself.");
    expect(problemWith("microphone", false, undefined)).toBe("No microphone was found. Plug one in; this page notices it by itself.");
  });

  it("thinks of other programs where the device is there and allowed", () => {
    expect(problemWith("camera", true, "granted")).toContain("Perhaps another program uses it");
  });

  it("asks for https where the browser gives no devices at all", () => {
    expect(problemWith("camera", false, "insecure")).toContain("Open it by its https address.");
  });
});
