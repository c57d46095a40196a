import { DiagnosticQuality, type LatestNetworkDiagnostics, type RemoteDiagnostic } from "@convene/calling";
import { expect, test } from "vitest";
import { lostLine, qualityOf, weakOnes } from "./connection";
import { sentenceOf } from "../../shared/strings/quality";

const { Good, Poor, Bad } = DiagnosticQuality;
const quality = (value: DiagnosticQuality) => ({ value, valueType: "DiagnosticQuality" as const });
const flag = (value: boolean) => ({ value, valueType: "DiagnosticFlag" as const });

test("the worse direction says how good the connection is", () => {
  const of = (sent?: DiagnosticQuality, received?: DiagnosticQuality) =>
    qualityOf({ ...(sent && { networkSendQuality: quality(sent) }), ...(received && { networkReceiveQuality: quality(received) }) });
  expect(of()).toEqual({ level: "good", direction: "both" });
  expect(of(Good, Good)).toEqual({ level: "good", direction: "both" });
  expect(of(Poor)).toEqual({ level: "poor", direction: "sending" });
  expect(of(Poor, Bad)).toEqual({ level: "bad", direction: "receiving" });
  expect(of(Bad, Bad)).toEqual({ level: "bad", direction: "both" });
});

test("a line is lost while it is repaired; without a network it is that", () => {
  const of = (latest: LatestNetworkDiagnostics) => lostLine(latest)?.level;
  expect(of({})).toBeUndefined();
  expect(of({ networkReconnect: quality(Good), noNetwork: flag(false) })).toBeUndefined();
  expect(of({ networkReconnect: quality(Bad) })).toBe("reconnecting");
  expect(of({ networkReconnect: quality(Bad), noNetwork: flag(true) })).toBe("offline");
});

test("of the others, those are weak who say so of their network; what they say of devices is no matter", () => {
  const told = (rawId: string, diagnostic: RemoteDiagnostic["diagnostic"], value: DiagnosticQuality | boolean): RemoteDiagnostic => ({
    participantId: "1",
    rawId,
    diagnostic,
    value,
    valueType: typeof value === "boolean" ? "DiagnosticFlag" : "DiagnosticQuality",
  });
  const diagnostics = [
    told("ann", "networkSendQuality", Bad),
    told("ben", "networkSendQuality", Poor),
    told("cleo", "cameraFreeze", true),
    told("dora", "noNetwork", true),
    told("emil", "networkReconnect", Good),
  ];
  expect([...weakOnes(diagnostics)]).toEqual(["ann", "dora"]);
});

test("the words say whom it concerns and what helps", () => {
  expect(sentenceOf({ level: "poor", direction: "sending" })).toMatch(/^Your connection is weak: others may see and hear you badly\. It helps /);
  expect(sentenceOf({ level: "bad", direction: "receiving" })).toMatch(/^Your connection is bad: you hardly see and hear others\. It helps /);
});
