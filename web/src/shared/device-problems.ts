// Why a camera or a microphone cannot be used, in words that say what to do.

import { joiningWords } from "./strings/joining";

/** What is true of sound and picture. */
interface Both {
  readonly audio: boolean;
  readonly video: boolean;
}

/** What says why a device cannot be used, in the language that is spoken then. */
export type Problem = () => string;

/** One for each device that cannot be used. */
export async function findProblems(access: Both, listed: Both): Promise<Problem[]> {
  const problem = async (what: Device, isListed: boolean): Promise<Problem> => {
    const permission = await permissionOf(what);
    return () => problemWith(what, isListed, permission);
  };
  const microphone = access.audio && listed.audio ? undefined : await problem("microphone", listed.audio);
  const camera = access.video && listed.video ? undefined : await problem("camera", listed.video);
  return [camera, microphone].filter((each) => each !== undefined);
}

type Device = "camera" | "microphone";

/** One sentence or two. @param permission what the browser says of it; `undefined` if it does not say */
export function problemWith(what: Device, isListed: boolean, permission: PermissionState | "insecure" | undefined): string {
  const words = joiningWords().devices.problems[what];
  if (permission === "insecure" || permission === "denied") return words[permission];
  return isListed ? words.failed : words.missing;
}

async function permissionOf(name: Device): Promise<PermissionState | "insecure" | undefined> {
  if (!navigator.mediaDevices) return "insecure";
  try {
    // Not every browser knows these two names; those that do not throw.
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return undefined;
  }
}
