import { describe, expect, it } from "vitest";
import { byTag, resolve, typeText, type ApiDocument } from "./document";

const document: ApiDocument = {
  info: { title: "T", version: "1" },
  paths: {
    "/a": { get: { tags: ["One"], responses: {} }, post: { tags: ["Two"], responses: {} } },
    "/b": { delete: { tags: ["One"], responses: {} }, patch: { responses: {} } },
  },
  components: { schemas: { Thing: { type: "object", required: ["id"] } } },
};

describe("the API's document", () => {
  it("is read by tag, in its own order", () => {
    const lines = [...byTag(document)].map(([tag, served]) => [tag, served.map(({ method, path }) => `${method} ${path}`)]);
    expect(lines).toEqual([
      ["One", ["GET /a", "DELETE /b"]],
      ["Two", ["POST /a"]],
      ["Others", ["PATCH /b"]],
    ]);
  });

  it("leads from a name to its schema", () => {
    expect(resolve(document, { $ref: "#/components/schemas/Thing" })).toEqual({ type: "object", required: ["id"] });
    expect(resolve(document, { type: "string" })).toEqual({ type: "string" });
  });

  it("says types in words", () => {
    expect(typeText({ type: ["array", "null"], items: { $ref: "#/components/schemas/Thing" } })).toBe("list of Thing or null");
    expect(typeText({ type: ["integer", "null"], minimum: 60, maximum: 1440 })).toBe("integer, 60 to 1440 or null");
    expect(typeText({ oneOf: [{ type: "null" }, { $ref: "#/components/schemas/Thing" }] })).toBe("Thing or null");
    expect(typeText({ type: "string", enum: ["a", "b"] })).toBe('string: "a", "b"');
    expect(typeText(undefined)).toBe("anything");
  });
});
