/** @file From the space of directions to a sheet of pixels: a rotation, a little perspective, typed arrays all the way. */

/** A rotation, 3 x 3, rows first: the rows are right, up and towards the eye. */
export type Rotation = Float64Array;

export interface Camera {
  readonly rotation: Rotation;
  /** Pixels for one unit of the space. */
  readonly scale: number;
  /** What the eye looks at, and what it turns around; default the origin. */
  readonly pivot?: readonly [number, number, number] | undefined;
  /** Where the pivot is, in pixels. */
  readonly x: number;
  readonly y: number;
  /** How far the eye is, in units of the space; infinity is a parallel projection. */
  readonly distance: number;
}

/** Places on the sheet and depth (larger is nearer), one of each for a point. */
export interface Projected {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly depth: Float32Array;
}

export const projectedRoom = (count: number): Projected => ({
  x: new Float32Array(count),
  y: new Float32Array(count),
  depth: new Float32Array(count),
});

/** Fills `into` with the places of points `[n, d]`, d of 2 or 3; nothing is allocated. */
export function project(points: ArrayLike<number>, dimension: number, camera: Camera, into: Projected): void {
  const [a, b, c, d, e, f, g, h, i] = camera.rotation as unknown as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const { scale, x: left, y: top, distance, pivot: [px, py, pz] = [0, 0, 0] } = camera;
  for (let n = 0, at = 0; n < into.x.length; n++, at += dimension) {
    const x = (points[at] as number) - px;
    const y = (points[at + 1] as number) - py;
    const z = (dimension > 2 ? (points[at + 2] as number) : 0) - pz;
    const depth = g * x + h * y + i * z;
    const near = scale * (distance === Infinity ? 1 : distance / (distance - depth));
    into.x[n] = left + near * (a * x + b * y + c * z);
    into.y[n] = top - near * (d * x + e * y + f * z);
    into.depth[n] = depth;
  }
}

export function placeOf(point: readonly [number, number, number], camera: Camera): readonly [x: number, y: number] {
  const into = projectedRoom(1);
  project(point, 3, camera, into);
  return [into.x[0] as number, into.y[0] as number];
}

/** What to look at, and how far from it everything of interest lies, in reaches. */
export interface Sight {
  readonly pivot: readonly [number, number, number];
  readonly extent: number;
}

/**
 * Half way along the mean of unit directions `[C, d]`: the origin where they spread evenly, the middle of the fan where they crowd. The
 * extent holds the origin and every tip.
 */
export function sightOf(means: ArrayLike<number>, dimension: number): Sight {
  const count = Math.max(means.length / dimension, 1);
  const middle = meanOf(means, dimension);
  const pivot = middle.map((v) => v / 2) as [number, number, number];
  let extent = Math.hypot(...pivot);
  for (let c = 0; c < count; c++) {
    const tip = [0, 1, 2].map((j) => (j < dimension ? (means[c * dimension + j] ?? 0) : 0) - (pivot[j] as number));
    extent = Math.max(extent, Math.hypot(...tip));
  }
  return { pivot, extent };
}

function meanOf(vectors: ArrayLike<number>, dimension: number): readonly [number, number, number] {
  const count = Math.max(vectors.length / dimension, 1);
  const out: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < vectors.length; i++) out[i % dimension]! += (vectors[i] as number) / count;
  return out;
}

export const facing = (): Rotation => Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** The rotation after one by `across` around the upright of the sheet and by `up` around its level line, in radians. */
export function turned(rotation: Rotation, across: number, up: number): Rotation {
  const [ca, sa, cu, su] = [Math.cos(across), Math.sin(across), Math.cos(up), Math.sin(up)];
  // Rx(up) Ry(across)
  const turn = Float64Array.of(ca, 0, sa, su * sa, cu, -su * ca, -cu * sa, su, cu * ca);
  return orthonormal(product(turn, rotation));
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(9);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++) out[3 * i + j]! += (a[3 * i + k] as number) * (b[3 * k + j] as number);
  return out;
}

/** Gram and Schmidt on the rows, so that many small turns stay a rotation. */
function orthonormal(m: Float64Array): Rotation {
  const row = (i: number): [number, number, number] => [
    m[3 * i] as number,
    m[3 * i + 1] as number,
    m[3 * i + 2] as number,
  ];
  const unit = ([x, y, z]: [number, number, number]): [number, number, number] => {
    const length = Math.hypot(x, y, z) || 1;
    return [x / length, y / length, z / length];
  };
  const u = unit(row(0));
  const second = row(1);
  const along = u[0] * second[0] + u[1] * second[1] + u[2] * second[2];
  const v = unit([second[0] - along * u[0], second[1] - along * u[1], second[2] - along * u[2]]);
  const w = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]] as const;
  return Float64Array.of(...u, ...v, ...w);
}

/** A view on which three coordinates do not hide each other: from the front, a little above. */
export const slanted = (): Rotation => turned(turned(facing(), -0.6, 0), 0, 0.42);

/** Mean directions longer than this are an axis that all share. */
const CROWDED = 0.5;

/** The first view: slanted where directions `[C, 3]` spread; where they crowd, the shared axis upright and their widest fan across. */
export function firstRotation(means: ArrayLike<number>, dimension: number): Rotation {
  const axis = meanOf(means, dimension);
  const length = Math.hypot(...axis);
  if (dimension < 3 || length < CROWDED) return slanted();
  const up = axis.map((v) => v / length);
  const rest = Float64Array.from(means, (v, i) => v - (axis[i % 3] as number));
  for (let at = 0; at < rest.length; at += 3) {
    const along = [0, 1, 2].reduce((s, j) => s + (rest[at + j] as number) * (up[j] as number), 0);
    for (let j = 0; j < 3; j++) rest[at + j]! -= along * (up[j] as number);
  }
  const across = widest(rest, 3).subarray(0, 3);
  const view = orthonormal(Float64Array.of(...up, ...across, 0, 0, 1));
  // rows: the fan to the right, the axis up, their normal (turned to keep the hand) to the eye
  const upright = Float64Array.of(
    ...view.subarray(3, 6),
    ...view.subarray(0, 3),
    ...view.subarray(6, 9).map((v) => -v),
  );
  return turned(upright, 0, 0.25);
}

/**
 * The view in which vectors `[n, d]` spread most across the sheet: its right and up are their leading axes (of the second moments, not
 * centred). In two dimensions the view from the front.
 */
export function widest(vectors: ArrayLike<number>, dimension: number): Rotation {
  if (dimension < 3 || vectors.length === 0) return facing();
  const moments = new Float64Array(9);
  for (let at = 0; at < vectors.length; at += 3)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) moments[3 * i + j]! += (vectors[at + i] as number) * (vectors[at + j] as number);
  const first = leading(moments, [1, 0.5, 0.25]);
  const rest = moments.slice();
  const value = quadratic(moments, first);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) rest[3 * i + j]! -= value * (first[i] as number) * (first[j] as number);
  const second = leading(rest, [-0.3, 1, 0.6]);
  return orthonormal(Float64Array.of(...first, ...second, 0, 0, 1));
}

const POWER_STEPS = 200;
function leading(m: Float64Array, start: readonly [number, number, number]): [number, number, number] {
  let v: [number, number, number] = [...start];
  for (let step = 0; step < POWER_STEPS; step++) {
    const next = [0, 1, 2].map((i) => [0, 1, 2].reduce((s, j) => s + (m[3 * i + j] as number) * (v[j] as number), 0));
    const length = Math.hypot(...next);
    if (length < 1e-12) return v;
    v = next.map((x) => x / length) as [number, number, number];
  }
  return v;
}
const quadratic = (m: Float64Array, v: readonly number[]): number =>
  [0, 1, 2].reduce(
    (s, i) => s + [0, 1, 2].reduce((t, j) => t + (m[3 * i + j] as number) * (v[i] as number) * (v[j] as number), 0),
    0,
  );
