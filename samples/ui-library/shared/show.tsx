import type { ComponentType } from "react";
import { draw } from "./draw";
import { JoinForm } from "./JoinForm";
import type { Person } from "./person";

/** Shows the form first, and then the meeting. */
export function show(title: string, explanation: string, Meeting: ComponentType<Person>): void {
  draw<Person>(Meeting, (onJoin) => <JoinForm title={title} onJoin={onJoin}>{explanation}</JoinForm>);
}
