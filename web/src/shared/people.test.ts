import { describe, expect, it } from "vitest";
import { hueOf, identityKind, initials } from "./people";

describe("how people are shown", () => {
  it("tells guests, app users and the organization apart", () => {
    expect(identityKind({ kind: "microsoftTeamsUser", microsoftTeamsUserId: "a", isAnonymous: true, cloud: "public", rawId: "" })).toBe("anonymous guest");
    expect(identityKind({ kind: "microsoftTeamsUser", microsoftTeamsUserId: "a", isAnonymous: false, cloud: "public", rawId: "" })).toBe("organization user");
    expect(identityKind({ kind: "communicationUser", communicationUserId: "8:acs:r_u" })).toBe("app user");
  });

  it("takes the first letters of the first and the last word", () => {
    expect(initials("Olga van den Organizer")).toBe("OO");
    expect(initials("maya")).toBe("M");
    expect(initials("李 小龙")).toBe("李小");
  });

  it("has a sign for a name without letters", () => {
    expect(initials("  ")).toBe("?");
    expect(initials("!!! ---")).toBe("?");
  });

  it("gives the same person the same colour, within those that exist", () => {
    const hues = ["8:acs:r_a", "8:acs:r_b", "8:orgid:c", ""].map(hueOf);
    expect(hues).toEqual(["8:acs:r_a", "8:acs:r_b", "8:orgid:c", ""].map(hueOf));
    expect(hues.every((hue) => hue >= 0 && hue < 6)).toBe(true);
  });
});
