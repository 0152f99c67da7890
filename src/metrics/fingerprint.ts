/** @file A name for an array by its content, so that equal questions are asked once. */

/** 64 bits of FNV-1a in two lanes over 32-bit words (bytes where the length is no multiple of 4), hexadecimal. */
export function fingerprint(values: Float32Array | Uint8Array): string {
  const whole = values.byteLength % 4 === 0 && values.byteOffset % 4 === 0;
  const words = whole
    ? new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4)
    : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let [a, b] = [0x811c_9dc5, 0x050c_5d1f];
  for (let i = 0; i < words.length; i++) {
    const w = words[i] as number;
    a = Math.imul(a ^ w, 0x0100_0193);
    a ^= a >>> 15;
    b = Math.imul(b ^ w, 0x85eb_ca6b);
    b ^= b >>> 13;
  }
  return [a, b].map((v) => (v >>> 0).toString(16).padStart(8, "0")).join("");
}
