/** @file The closed forms of the relevance rules on explicit matrices, as the papers write them. Nothing here is ours. */
import type { Matrices } from "./layer.ts";

export type Vec = readonly number[];
type Mat = readonly Vec[];
export const EPS = 1e-6;

export const apply = (w: Mat, x: Vec): number[] => w.map((row) => row.reduce((s, v, i) => s + v * (x[i] as number), 0));
const back = (w: Mat, r: Vec): number[] =>
  (w[0] as Vec).map((_, i) => w.reduce((s, row, o) => s + (row[i] as number) * (r[o] as number), 0));
export const plus = (...v: readonly Vec[]): number[] =>
  (v[0] as Vec).map((_, i) => v.reduce((s, u) => s + (u[i] as number), 0));
const times = (a: Vec, b: Vec): number[] => a.map((v, i) => v * (b[i] as number));
const part =
  (f: (v: number) => number) =>
  (w: Mat): Mat =>
    w.map((row) => row.map(f));
export const p = (v: number): number => Math.max(v, 0);
const n = (v: number): number => Math.min(v, 0);
const [wp, wn] = [part(p), part(n)];
const share = (r: Vec, z: Vec, eps = EPS): number[] =>
  r.map((v, i) => v / ((z[i] as number) + ((z[i] as number) >= 0 ? eps : -eps)));

export interface Case extends Matrices {
  readonly x: Vec;
  readonly r: Vec;
}
/** The closed forms, as the papers write them. */
export const ORACLES: Readonly<Record<string, (c: Case) => Vec>> = {
  "epsilon:0.1": ({ w, b, x, r }) => times(x, back(w, share(r, plus(apply(w, x), b), 0.1))),
  "z-plus": (c) => positive(c),
  "alpha-beta:2,1": (c) =>
    plus(
      positive(c).map((v) => 2 * v),
      negative(c).map((v) => -v),
    ),
  "alpha-beta:1,0": (c) => positive(c),
  "gamma:0.3": ({ w, b, x, r }) => {
    const up = part((v) => v + 0.3 * p(v))(w);
    const down = part((v) => v + 0.3 * n(v))(w);
    const [xp, xn] = [x.map(p), x.map(n)];
    const y = plus(apply(w, x), b);
    const s = share(
      r,
      plus(
        apply(up, xp),
        apply(down, xn),
        b.map((v) => v + 0.3 * p(v)),
      ),
    ).map((v, o) => ((y[o] as number) > 0 ? v : 0));
    const t = share(
      r,
      plus(
        apply(down, xp),
        apply(up, xn),
        b.map((v) => v + 0.3 * n(v)),
      ),
    ).map((v, o) => ((y[o] as number) < 0 ? v : 0));
    return plus(times(xp, back(up, s)), times(xn, back(down, s)), times(xp, back(down, t)), times(xn, back(up, t)));
  },
  zbox: ({ w, b, x, r }) => {
    const [lo, hi] = [x.map(() => -3), x.map(() => 3)];
    const z = plus(
      apply(w, x),
      b,
      apply(wp(w), lo).map((v) => -v),
      b.map((v) => -p(v)),
      apply(wn(w), hi).map((v) => -v),
      b.map((v) => -n(v)),
    );
    const s = share(r, z);
    return plus(
      times(x, back(w, s)),
      times(lo, back(wp(w), s)).map((v) => -v),
      times(hi, back(wn(w), s)).map((v) => -v),
    );
  },
  "w-square": ({ w, b, r }) => {
    const square = part((v) => v * v)(w);
    return back(
      square,
      share(
        r,
        plus(
          square.map((row) => row.reduce((s, v) => s + v, 0)),
          b.map((v) => v * v),
        ),
      ),
    );
  },
  flat: ({ reach, r }) =>
    back(
      reach,
      share(
        r,
        reach.map((row) => row.reduce((s, v) => s + v, 0)),
      ),
    ),
  excitation: ({ w, x, r }) =>
    times(
      x,
      back(
        wp(w),
        r.map((v, o) => v / ((apply(wp(w), x)[o] as number) + 1e-20)),
      ),
    ),
  "dual-excitation": ({ w, x, r }) => {
    const dual = part((v) => p(-v))(w);
    return times(
      x,
      back(
        dual,
        r.map((v, o) => v / ((apply(dual, x)[o] as number) + 1e-20)),
      ),
    );
  },
};
const positive = ({ w, b, x, r }: Case): number[] => {
  const s = share(r, plus(apply(wp(w), x.map(p)), apply(wn(w), x.map(n)), b.map(p)));
  return plus(times(x.map(p), back(wp(w), s)), times(x.map(n), back(wn(w), s)));
};
const negative = ({ w, b, x, r }: Case): number[] => {
  const s = share(r, plus(apply(wn(w), x.map(p)), apply(wp(w), x.map(n)), b.map(n)));
  return plus(times(x.map(p), back(wn(w), s)), times(x.map(n), back(wp(w), s)));
};
