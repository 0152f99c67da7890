/** @file SHA-256 as text. */

/** Of the parts as one, hexadecimal. */
export async function sha256(...parts: readonly Uint8Array[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", joined(parts) as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Of a value as JSON, hexadecimal. */
export const jsonSha256 = (value: unknown): Promise<string> => sha256(new TextEncoder().encode(JSON.stringify(value)));

/** One part is not copied: a model may be large. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const all = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
