import type { ComponentType } from "react";
import { draw } from "./draw";
import { InsteadOverTls } from "./InsteadOverTls";
import type { Pair } from "./pair";
import { PairForm } from "./PairForm";

/** Lets two users find each other, and shows what they do together. */
export function showPair(title: string, explanation: string, Together: ComponentType<Pair>): void {
  draw<Pair>(Together, (onFound) => (location.protocol === "https:" ? <PairForm title={title} onFound={onFound}>{explanation}</PairForm> : <InsteadOverTls />));
}
