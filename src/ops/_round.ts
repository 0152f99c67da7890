/** @file Rounding as ONNX means it: to the nearest integer, halves to the even one. */

export function roundHalfEven(v: number): number {
  const down = Math.floor(v);
  const rest = v - down;
  if (rest !== 0.5) return Math.round(v);
  return down % 2 === 0 ? down : down + 1;
}
