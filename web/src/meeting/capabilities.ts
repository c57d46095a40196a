import { Features } from "@convene/calling";
import type { Call, ParticipantCapabilityName } from "@convene/calling";

/** Whether this client may do something in this call. */
export function may(call: Call, capability: ParticipantCapabilityName): boolean {
  return call.feature(Features.Capabilities).capabilities[capability].isPresent;
}
