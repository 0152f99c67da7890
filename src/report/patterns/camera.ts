/** @file From the space of directions to a sheet of pixels: a rotation, a little perspective, typed arrays all the way. */

/** A rotation, 3 x 3, rows first: the rows are right, up and towards the eye. */
export type Rotation = Float64Array;

export interface Camera {
  readonly rotation: Rotation;
  /** Pixels for one unit of the space. */
  readonly scale: number;
  /** Where the origin is, in pixels. */
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
  const { scale, x: left, y: top, distance } = camera;
  for (let n = 0, at = 0; n < into.x.length; n++, at += dimension) {
    const x = points[at] as number;
    const y = points[at + 1] as number;
    const z = dimension > 2 ? (points[at + 2] as number) : 0;
    const depth = g * x + h * y + i * z;
    const near = scale * (distance === Infinity ? 1 : distance / (distance - depth));
    into.x[n] = left + near * (a * x + b * y + c * z);
    into.y[n] = top - near * (d * x + e * y + f * z);
    into.depth[n] = depth;
  }
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
