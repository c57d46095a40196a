// Why a camera or a microphone cannot be used, in words that say what to do.

/** What is true of sound and picture. */
interface Both {
  readonly audio: boolean;
  readonly video: boolean;
}

/** One sentence or two for each device that cannot be used. */
export async function findProblems(access: Both, listed: Both): Promise<string[]> {
  const microphone = access.audio && listed.audio ? undefined : problemWith("microphone", listed.audio, await permissionOf("microphone"));
  const camera = access.video && listed.video ? undefined : problemWith("camera", listed.video, await permissionOf("camera"));
  return [camera, microphone].filter((each) => each !== undefined);
}

/** @param permission what the browser says of it; `undefined` if it does not say */
export function problemWith(what: "camera" | "microphone", isListed: boolean, permission: PermissionState | "insecure" | undefined): string {
  if (permission === "insecure") {
    return `The browser gives no ${what} to this page, since it did not come over https. Open it by its https address.`;
  }
  if (permission === "denied") {
    return `The browser does not let this page use the ${what}. Press the sign beside the address, allow the ${what}, then press “Try again”.`;
  }
  if (!isListed) return `No ${what} was found. Plug one in; this page notices it by itself.`;
  return `The ${what} could not be started. Perhaps another program uses it: close that one, then press “Try again”.`;
}

async function permissionOf(name: "camera" | "microphone"): Promise<PermissionState | "insecure" | undefined> {
  if (!navigator.mediaDevices) return "insecure";
  try {
    // Not every browser knows these two names; those that do not throw.
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return undefined;
  }
}
