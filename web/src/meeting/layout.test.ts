import { describe, expect, it } from "vitest";
import { tileSize } from "./layout";

const fits = (count: number, width: number, height: number): boolean => {
  const tile = tileSize(count, width, height, 10);
  const columns = Math.floor((width + 10) / (tile.width + 10));
  const rows = Math.ceil(count / columns);
  return !tile.scrolls && rows * (tile.height + 10) - 10 <= height;
};

describe("the tiles' size", () => {
  it("gives one person the shape of the camera, and two on a wide stage the half each", () => {
    expect(tileSize(1, 1600, 900, 10)).toEqual({ width: 1600, height: 900, scrolls: false });
    expect(tileSize(2, 1200, 600, 10)).toEqual({ width: 595, height: 600, scrolls: false });
  });

  it("puts two people one above the other on a phone, and four in two rows", () => {
    expect(tileSize(2, 370, 660, 10)).toEqual({ width: 370, height: 325, scrolls: false });
    expect(tileSize(4, 1000, 600, 10)).toEqual({ width: 495, height: 295, scrolls: false });
  });

  it("lets everybody be seen at once for as long as there is room", () => {
    for (const count of [1, 2, 3, 4, 5, 7, 9, 12, 16, 20]) expect(fits(count, 1240, 660), `${count} people`).toBe(true);
    for (const count of [1, 2, 3, 4, 6, 8]) expect(fits(count, 370, 600), `${count} people on a phone`).toBe(true);
  });

  it("scrolls where tiles would become too small to recognize anybody", () => {
    expect(tileSize(300, 370, 600, 10)).toEqual({ width: 180, height: 180, scrolls: true });
  });
});
