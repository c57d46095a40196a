import { expect, test, vi } from "vitest";
import { rememberInPageOnly } from "../../shared/remembered";
import { LayoutChoice } from "./choice";

test("a choice is there again the next time; one's own video changes places only where it has one", () => {
  rememberInPageOnly();
  const changed = vi.fn();
  const first = new LayoutChoice(changed);
  expect(first.viewModel(2)).toMatchObject({ stage: "gallery", isOwnInCorner: false });
  expect(first.viewModel(1).isOwnInCorner).toBe(true);
  expect(first.viewModel(0).toggleOwnVideo).toBeUndefined();
  first.viewModel(2).toggleOwnVideo?.();
  expect(first.viewModel(2).isOwnInCorner).toBe(true);
  first.viewModel(2).showSpeaker();
  expect(first.viewModel(2).toggleOwnVideo).toBeUndefined();
  expect(changed).toHaveBeenCalledTimes(2);
  expect(new LayoutChoice(changed).viewModel(2)).toMatchObject({ stage: "speaker", ownVideo: "corner" });
});
