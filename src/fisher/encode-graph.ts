/** @file Pictures to Fisher vectors as nodes of a graph, one bin size after the other: descriptors of all sizes never stand side by side. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { tensor } from "../graph/tensor.ts";
import { formula } from "../ops/formula.ts";
import { cellPlan } from "./cells.ts";
import { type EmittedAtom, type EmittedGrid, emitAtoms, emitGrid, emitPlaces, emitSides, fixed } from "./grid-graph.ts";
import type { Mixture } from "./mixture.ts";
import {
  basisWidth,
  emitBasis,
  emitMomentTable,
  emitPosteriors,
  emitReduced,
  type Moments,
  splitMoments,
  uncentred,
} from "./moments-graph.ts";
import { cellWidth, type Encoding } from "./pipeline.ts";
import { type EmittedSift, emitGrey, emitSift } from "./sift-graph.ts";

/** False where a part is known to be empty. */
export const hasFrames = ({ count }: Pick<EmittedPart, "count">): boolean => fixed(count) !== 0;

/** Descriptors of one bin size inside one atom. */
export interface EmittedPart extends Pick<EmittedAtom, "count" | "rows" | "columns"> {
  /** `[N, count, 2 (D + 1)]` (`EmittedAtom.of`): l, 1, l^2, 1 of l as `uncentred` takes it. */
  readonly basis: Value;
  /** `[N, count, K]`. */
  readonly gamma: Value;
}

export interface EmittedScale {
  readonly grid: EmittedGrid;
  /** By atom, row by row. */
  readonly parts: readonly EmittedPart[];
}

export interface EmittedEncoding {
  /** Phi `[N, V]`, float32. */
  readonly phi: Value;
  /** The raw Fisher vector `[N, V]`, float32. */
  readonly raw: Value;
  /** s_d `[N, V]`, float64. */
  readonly sums: Value;
  /** |L|: descriptors of a picture, int64 `[1]`. */
  readonly count: Value;
  readonly scales: readonly EmittedScale[];
}

/** `rgb` `[N, 3, H, W]` in 0 … 1. Numbers as `rawFisherVector` and `normalised` within float32. */
export const emitEncoding = (g: GraphBuilder, rgb: Value, encoding: Encoding): EmittedEncoding =>
  emitVector(g, emitSift(g, emitGrey(g, rgb), encoding.sift), rgb, encoding);

/** The Fisher vector of descriptors; `image` tells how large the pictures are. */
export function emitVector(
  g: GraphBuilder,
  sifts: readonly EmittedSift[],
  image: Value,
  encoding: Encoding,
): EmittedEncoding {
  const { projection, spatial } = encoding;
  const mixture = uncentred(encoding);
  const { components, width } = mixture;
  const m = formula(g, "float64");
  const sides = emitSides(g, image);
  const plan = cellPlan(spatial);
  const places = spatial === "xy";
  const scales = sifts.map((sift): EmittedScale => {
    const grid = emitGrid(g, sift, encoding.sift);
    const reduced = emitReduced(g, sift.descriptors, projection, !places);
    const rows = places ? g.op("Concat", [reduced, emitPlaces(g, grid, sides)], { axis: 2 }) : reduced;
    const basis = emitBasis(g, rows);
    const gamma = emitPosteriors(g, basis, mixture);
    const parts = emitAtoms(g, grid, sides, plan).map((atom) => ({
      ...atom,
      basis: atom.of(basis, basisWidth(mixture)),
      gamma: atom.of(gamma, components),
    }));
    return { grid, parts };
  });
  const total = (values: readonly Value[]): Value => values.reduce((a, b) => g.op("Add", [a, b]));
  const table = [components, basisWidth(mixture)];
  const nothing = (): Value => g.op("Expand", [g.scalar(0), g.op("Concat", [sides.batch, g.ints(table)], { axis: 0 })]);
  const atoms = plan.cellsOf.map((_, atom) => {
    const parts = scales.map((scale) => scale.parts[atom] as EmittedPart);
    const tables = parts.filter(hasFrames).map((part) => emitMomentTable(g, part.gamma, part.basis));
    return {
      table: tables.length > 0 ? total(tables) : nothing(),
      count: total(parts.map((part) => part.count)),
    };
  });
  const cells = Array.from({ length: plan.cells }, (_, cell) => {
    const members = atoms.filter((_, atom) => plan.cellsOf[atom]?.includes(cell));
    const count = total(members.map((a) => a.count));
    const sums = cellSums(g, splitMoments(g, total(members.map((a) => a.table)), width), count, encoding);
    const averages = m.div(sums, m.atLeast(g.op("Cast", [count], { to: dtypeCode("float64") }), 1));
    const raw = g.op("Cast", [averages], { to: dtypeCode("float32") });
    return { sums, raw, phi: emitNormalised(g, raw) };
  });
  const joined = (values: readonly Value[]): Value =>
    values.length === 1 ? (values[0] as Value) : g.op("Concat", values, { axis: 1 });
  return {
    phi: joined(cells.map((c) => c.phi)),
    raw: joined(cells.map((c) => c.raw)),
    sums: joined(cells.map((c) => c.sums)),
    count: total(atoms.map((a) => a.count)),
    scales,
  };
}

/** A float64 constant of one row a Gaussian: `[K, columns]`. */
export const perGaussian = (
  g: GraphBuilder,
  { components }: Pick<Mixture, "components">,
  values: ArrayLike<number>,
  hint: string,
): Value => g.constant(tensor("float64", [components, values.length / components], values), hint);

/** s_d of one cell, `[N, own]`: with l and mu taken from the same place, sum gamma u = (S1 - mu S0) / sigma and so on. */
function cellSums(g: GraphBuilder, { zeroth, first, second }: Moments, count: Value, encoding: Encoding): Value {
  const { zeroth: withPi } = encoding;
  const mixture = uncentred(encoding);
  const { components, width, weights, means, deviations } = mixture;
  const m = formula(g, "float64");
  const constant = (values: ArrayLike<number>, hint: string): Value => perGaussian(g, mixture, values, hint);
  const root = (p: number): number => Math.sqrt(weights[Math.floor(p / width)]!);
  const flat = (v: Value, columns: number): Value => g.op("Reshape", [v, g.ints([-1, components * columns])]);
  const mu = m.mul(
    m.sub(first, m.mul(zeroth, constant(means, "mu"))),
    constant(
      deviations.map((s, p) => 1 / (s * root(p))),
      "mu_scale",
    ),
  );
  const squares = m.add(
    m.sub(
      second,
      m.mul(
        first,
        constant(
          means.map((v) => 2 * v),
          "twice_mu",
        ),
      ),
    ),
    m.mul(
      zeroth,
      constant(
        means.map((v, p) => v * v - deviations[p]! ** 2),
        "spread",
      ),
    ),
  );
  const sigma = m.mul(
    squares,
    constant(
      deviations.map((s, p) => Math.SQRT1_2 / (s * s * root(p))),
      "sigma_scale",
    ),
  );
  const blocks = [flat(mu, width), flat(sigma, width)];
  if (withPi) {
    const expected = m.mul(g.op("Cast", [count], { to: dtypeCode("float64") }), constant(weights, "pi"));
    const pi = m.mul(
      m.sub(zeroth, expected),
      constant(
        weights.map((w) => 1 / Math.sqrt(w)),
        "pi_scale",
      ),
    );
    blocks.unshift(flat(pi, 1));
  }
  const joined = g.op("Concat", blocks, { axis: 1 });
  if (joined.dims?.[1] !== cellWidth(encoding)) throw new Error("internal: a cell of another width");
  return joined;
}

/** Keeps roots and quotients finite, values and slopes alike, where there is nothing. */
const TINY = 1e-30;

/** sign(x) sqrt(|x|), then unit length: |sqrt(|x|)|^2 is the sum of |x|. Zeros stay zeros. */
function emitNormalised(g: GraphBuilder, raw: Value): Value {
  const m = formula(g, "float32");
  const size = m.abs(raw);
  const powered = m.mul(m.sign(raw), m.sqrt(m.add(size, TINY)));
  return m.div(powered, m.sqrt(m.atLeast(m.sum(size, [1]), TINY)));
}
