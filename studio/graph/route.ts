/** @file A link as a curve: straight down where it can be, through its bends where it must. */
import type { Point } from "./level.ts";
import type { PlacedEdge } from "./placed.ts";

const round = (v: number): number => Math.round(v * 10) / 10;

/** From the first point to the last, vertical at each. The label stands beside the curve's beginning. */
export function curve(points: readonly Point[], label: string): PlacedEdge {
  const [[startX, startY]] = points as readonly [Point];
  const [, endY] = points.at(-1) as Point;
  const pieces = points.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = points[i] as Point;
    const reach = round((y - fromY) / 2);
    return x === fromX
      ? `V${round(y)}`
      : `C${round(fromX)} ${round(fromY + reach)} ${round(x)} ${round(y - reach)} ${round(x)} ${round(y)}`;
  });
  const xs = points.map(([x]) => x);
  return {
    path: `M${round(startX)} ${round(startY)}${pieces.join("")}`,
    top: Math.min(startY, endY),
    bottom: Math.max(startY, endY),
    left: Math.min(...xs),
    right: Math.max(...xs) + 90,
    label,
    labelX: round(startX + 6),
    labelY: round(startY + 14),
  };
}
