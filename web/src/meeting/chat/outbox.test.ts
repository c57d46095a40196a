import { expect, test, vi } from "vitest";
import { Outbox } from "./outbox";

const AT = new Date(0);

/** A thread that takes each text when it is told to. */
function slowThread() {
  const asked: { readonly text: string; readonly take: () => void; readonly refuse: () => void }[] = [];
  const deliver = (text: string): Promise<void> => new Promise((take, refuse) => asked.push({ text, take, refuse: () => refuse(new Error("refused")) }));
  return { asked, deliver };
}

const shown = (outbox: Outbox): string[] => outbox.all.map(({ text, hasFailed }) => `${text}${hasFailed ? " (failed)" : ""}`);

test("what is written quickly is sent in its order, each once the former is there", async () => {
  const { asked, deliver } = slowThread();
  const outbox = new Outbox(deliver, () => undefined);
  outbox.send("one", AT);
  outbox.send("two", AT);
  await vi.waitUntil(() => asked.length > 0);
  expect(asked.map(({ text }) => text)).toEqual(["one"]);
  expect(shown(outbox)).toEqual(["one", "two"]);
  asked[0]?.take();
  await vi.waitUntil(() => asked.length > 1);
  expect(shown(outbox)).toEqual(["two"]);
  asked[1]?.take();
  await vi.waitUntil(() => outbox.all.length === 0);
});

test("a message that could not be sent holds up none, and stays until it is given up", async () => {
  const { asked, deliver } = slowThread();
  const outbox = new Outbox(deliver, () => undefined);
  outbox.send("one", AT);
  outbox.send("two", AT);
  await vi.waitUntil(() => asked.length > 0);
  asked[0]?.refuse();
  await vi.waitUntil(() => asked.length > 1);
  expect(shown(outbox)).toEqual(["one (failed)", "two"]);
  const [failed, onItsWay] = outbox.all;
  outbox.drop(onItsWay?.id ?? "");
  outbox.drop(failed?.id ?? "");
  expect(shown(outbox)).toEqual(["two"]);
});

test("a message that the thread tells of is no longer on its way, whatever becomes of the answer", async () => {
  const { asked, deliver } = slowThread();
  const outbox = new Outbox(deliver, () => undefined);
  outbox.send("one", AT);
  outbox.send("two", AT);
  await vi.waitUntil(() => asked.length > 0);
  outbox.arrived("two");
  expect(shown(outbox)).toEqual(["one", "two"]);
  outbox.arrived("one");
  asked[0]?.refuse();
  await vi.waitUntil(() => asked.length > 1);
  expect(shown(outbox)).toEqual(["two"]);
});
