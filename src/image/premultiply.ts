/** @file Straight alpha to premultiplied and back, in Pillow's 8-bit integers (modes RGBA and RGBa). */

/** Colour times alpha / 255, rounded, of interleaved RGBA samples; alpha stays. */
export function premultiply(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const out = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    for (let c = 0; c < 3; c++) {
      const t = rgba[i + c]! * alpha + 128;
      out[i + c] = ((t >> 8) + t) >> 8;
    }
    out[i + 3] = alpha;
  }
  return out;
}

/** Colour divided by alpha / 255, truncated and clipped, in place; samples under alpha 0 or 255 stay as they are. */
export function unpremultiply(rgba: Uint8Array | Uint8ClampedArray): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = 0; c < 3; c++) rgba[i + c] = Math.min(255, Math.trunc((255 * rgba[i + c]!) / alpha));
  }
}
