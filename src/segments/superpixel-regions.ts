/** @file From clusters to connected regions: small pieces join a neighbour, large ones are cut. */
import type { Superpixels } from "./superpixels.ts";

export interface RegionLimits {
  readonly height: number;
  readonly width: number;
  /** Pixels; a smaller piece takes the label of the neighbour met last. */
  readonly smallest: number;
  /** Pixels; a piece stops growing there. */
  readonly largest: number;
}

/** Pieces are found in row-major order and grow breadth first over right, left, lower, upper neighbours. */
export function connectRegions(clusters: Int32Array, limits: RegionLimits): Superpixels {
  const { smallest } = limits;
  const labels = new Int32Array(clusters.length).fill(UNSEEN);
  let next = 0;
  for (let at = 0; at < clusters.length; at++) {
    if (labels[at] !== UNSEEN) continue;
    const { piece, neighbour } = grow(at, next, { clusters, labels, limits });
    if (piece.length >= smallest) next++;
    else for (const i of piece) labels[i] = neighbour;
  }
  return { labels, count: Math.max(1, next) };
}

const UNSEEN = -1;
const STEPS = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
] as const;

interface Growing {
  readonly clusters: Int32Array;
  readonly labels: Int32Array;
  readonly limits: RegionLimits;
}

/** One piece, labelled on the way, and the label of the neighbour met last (0 when it has met none). */
function grow(
  from: number,
  label: number,
  { clusters, labels, limits: { height, width, largest } }: Growing,
): { readonly piece: readonly number[]; readonly neighbour: number } {
  const piece = [from];
  let neighbour = 0;
  labels[from] = label;
  for (let visited = 0; visited < piece.length && piece.length < largest; visited++) {
    const at = piece[visited] as number;
    const [y, x] = [Math.floor(at / width), at % width];
    for (const [dy, dx] of STEPS) {
      if (y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) continue;
      const to = at + dy * width + dx;
      const known = labels[to] as number;
      if (known === UNSEEN && clusters[to] === clusters[from]) {
        labels[to] = label;
        piece.push(to);
        if (piece.length >= largest) break;
      } else if (known !== UNSEEN && known !== label) neighbour = known;
    }
  }
  return { piece, neighbour };
}
