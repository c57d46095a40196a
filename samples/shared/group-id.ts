// A group id is a UUID that the members agreed on. `#<uuid>` in the address sets it, so the address can be sent to others.

/** Fills the field with the address's group id, or with a new one. */
export function proposeGroupId(): void {
  const field = document.getElementById("destination") as HTMLInputElement;
  field.value = location.hash.slice(1) || newUuid();
  history.replaceState(null, "", `#${field.value}`);
}

/** `crypto.randomUUID` exists only on https and localhost; this works everywhere (RFC 9562 §5.4). */
function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
