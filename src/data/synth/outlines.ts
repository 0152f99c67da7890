/** @file Outlines that parts are made of, each a signed distance: negative inside, x to the right, y down. */

/** Lengths in units of the figure they belong to. */
export type Outline =
  | {
      readonly kind: "ellipse";
      readonly x: number;
      readonly y: number;
      readonly rx: number;
      readonly ry: number;
      readonly cos?: number;
      readonly sin?: number;
    }
  | {
      readonly kind: "box";
      readonly x: number;
      readonly y: number;
      readonly hw: number;
      readonly hh: number;
      readonly round: number;
    }
  | { readonly kind: "polygon"; readonly points: readonly number[]; readonly round: number }
  | {
      readonly kind: "stroke";
      readonly x0: number;
      readonly y0: number;
      readonly x1: number;
      readonly y1: number;
      readonly r: number;
    }
  | { readonly kind: "ring"; readonly x: number; readonly y: number; readonly r: number; readonly half: number };

type Kind = Outline["kind"];
type Of<K extends Kind> = Extract<Outline, { kind: K }>;
interface Geometry<K extends Kind> {
  readonly distance: (o: Of<K>, x: number, y: number) => number;
  /** `[left, top, right, bottom]`, at least as large as the outline. */
  readonly bounds: (o: Of<K>) => readonly [number, number, number, number];
}

/** The ellipse's distance is that of its level sets to first order (exact for a circle); the others are exact. */
const GEOMETRY: { readonly [K in Kind]: Geometry<K> } = {
  ellipse: {
    distance: ({ x: cx, y: cy, rx, ry, cos = 1, sin = 0 }, x, y) => {
      const dx = x - cx;
      const dy = y - cy;
      const u = cos * dx + sin * dy;
      const v = cos * dy - sin * dx;
      const level = Math.sqrt((u * u) / (rx * rx) + (v * v) / (ry * ry));
      const slope = Math.sqrt((u * u) / (rx * rx * rx * rx) + (v * v) / (ry * ry * ry * ry));
      return slope === 0 ? -Math.min(rx, ry) : (level * (level - 1)) / slope;
    },
    bounds: ({ x, y, rx, ry, cos = 1, sin = 0 }) => {
      const w = Math.sqrt(cos * cos * rx * rx + sin * sin * ry * ry);
      const h = Math.sqrt(sin * sin * rx * rx + cos * cos * ry * ry);
      return [x - w, y - h, x + w, y + h];
    },
  },
  box: {
    distance: ({ x: cx, y: cy, hw, hh, round }, x, y) => {
      const u = Math.abs(x - cx) - hw + round;
      const v = Math.abs(y - cy) - hh + round;
      const outside = Math.sqrt(Math.max(u, 0) * Math.max(u, 0) + Math.max(v, 0) * Math.max(v, 0));
      return outside + Math.min(Math.max(u, v), 0) - round;
    },
    bounds: ({ x, y, hw, hh }) => [x - hw, y - hh, x + hw, y + hh],
  },
  polygon: {
    distance: ({ points, round }, x, y) => {
      let nearest = Number.POSITIVE_INFINITY;
      let inside = false;
      for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
        const ax = points[i] as number;
        const ay = points[i + 1] as number;
        const ex = (points[j] as number) - ax;
        const ey = (points[j + 1] as number) - ay;
        const px = x - ax;
        const py = y - ay;
        const t = Math.min(Math.max((px * ex + py * ey) / (ex * ex + ey * ey), 0), 1);
        const dx = px - t * ex;
        const dy = py - t * ey;
        nearest = Math.min(nearest, dx * dx + dy * dy);
        if (py < 0 !== py < ey && px * ey < ex * py === ey > 0) inside = !inside;
      }
      return (inside ? -1 : 1) * Math.sqrt(nearest) - round;
    },
    bounds: ({ points, round }) => {
      const xs = points.filter((_, i) => i % 2 === 0);
      const ys = points.filter((_, i) => i % 2 === 1);
      return [Math.min(...xs) - round, Math.min(...ys) - round, Math.max(...xs) + round, Math.max(...ys) + round];
    },
  },
  stroke: {
    distance: ({ x0, y0, x1, y1, r }, x, y) => {
      const ex = x1 - x0;
      const ey = y1 - y0;
      const t = Math.min(Math.max(((x - x0) * ex + (y - y0) * ey) / (ex * ex + ey * ey), 0), 1);
      const dx = x - x0 - t * ex;
      const dy = y - y0 - t * ey;
      return Math.sqrt(dx * dx + dy * dy) - r;
    },
    bounds: ({ x0, y0, x1, y1, r }) => [
      Math.min(x0, x1) - r,
      Math.min(y0, y1) - r,
      Math.max(x0, x1) + r,
      Math.max(y0, y1) + r,
    ],
  },
  ring: {
    distance: ({ x: cx, y: cy, r, half }, x, y) =>
      Math.abs(Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) - r) - half,
    bounds: ({ x, y, r, half }) => [x - r - half, y - r - half, x + r + half, y + r + half],
  },
};

const geometryOf = (o: Outline): Geometry<Kind> => GEOMETRY[o.kind] as unknown as Geometry<Kind>;

/** Signed distance from the outline around all of them together. */
export function distanceTo(outlines: readonly Outline[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const outline of outlines) nearest = Math.min(nearest, geometryOf(outline).distance(outline, x, y));
  return nearest;
}

/** `[left, top, right, bottom]` around all of them. */
export function boundsOf(outlines: readonly Outline[]): readonly [number, number, number, number] {
  const all = outlines.map((o) => geometryOf(o).bounds(o));
  return [
    Math.min(...all.map((b) => b[0])),
    Math.min(...all.map((b) => b[1])),
    Math.max(...all.map((b) => b[2])),
    Math.max(...all.map((b) => b[3])),
  ];
}
