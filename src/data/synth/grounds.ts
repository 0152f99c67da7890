/** @file Grounds that objects lie on: ten materials, each with its own texture; the picture is 64 units along its shorter side. */
import { clamp01, mix, rotation, smoothstep, wave } from "./exact.ts";
import { cellValue, type Field, fractalNoise, valueNoise } from "./noise.ts";
import type { Rgb } from "./palette.ts";
import { between, type Random } from "./random.ts";

/** Colour of the ground at a point, into `out`: red, green, blue, each about 0…1. */
export type Ground = (x: number, y: number, out: Float64Array) => void;

interface Site {
  readonly random: Random;
  /** Seed of the fields. */
  readonly seed: number;
  /** Width of a pixel in units: nothing finer is drawn. */
  readonly unit: number;
  /** Extent of the picture in units. */
  readonly width: number;
  readonly height: number;
}

/** `out = a + (b - a) t`, times `shade`. */
function blend(out: Float64Array, a: Rgb, b: Rgb, t: number, shade: number): void {
  for (let c = 0; c < 3; c++) out[c] = ((a[c] as number) + ((b[c] as number) - (a[c] as number)) * t) * shade;
}

/** A field in a frame that is turned and stretched. */
function turned(field: Field, degrees: number, along: number, across: number): Field {
  const { cos, sin } = rotation(degrees);
  return (x, y) => field((cos * x + sin * y) / along, (cos * y - sin * x) / across);
}

const MATERIALS: Readonly<Record<string, (site: Site) => Ground>> = {
  meadow: ({ random, seed, unit }) => {
    const blades = turned(fractalNoise(seed, { coarse: 5, fine: unit }), between(random, -18, 18), 0.55, 2.6);
    const patches = fractalNoise(seed + 1, { coarse: 30, fine: 4 });
    const [a, b, dry] = [
      [0.13, 0.22, 0.08],
      [0.47, 0.58, 0.26],
      [0.62, 0.57, 0.32],
    ] as const;
    const dryness = between(random, 0, 0.7);
    return (x, y, out) => {
      const p = smoothstep(0.35, 0.75, patches(x, y));
      blend(out, a, b, smoothstep(0.2, 0.85, blades(x, y)), 0.8 + 0.4 * p);
      for (let c = 0; c < 3; c++) out[c] = mix(out[c] as number, (dry[c] as number) * (0.55 + 0.5 * p), dryness * p);
    };
  },
  sand: ({ random, seed, unit }) => {
    const bend = fractalNoise(seed, { coarse: 34, fine: 6 });
    const grain = fractalNoise(seed + 1, { coarse: 2.4, fine: unit, gain: 0.8 });
    const { cos, sin } = rotation(between(random, 55, 125));
    const period = between(random, 6, 11);
    return (x, y, out) => {
      const ripple = wave((cos * x + sin * y) / period + 2.2 * bend(x, y));
      blend(out, [0.6, 0.5, 0.37], [0.86, 0.77, 0.6], 0.5 + 0.28 * ripple, 0.86 + 0.22 * grain(x, y));
    };
  },
  water: ({ random, seed, unit, height }) => {
    const swell = turned(fractalNoise(seed, { coarse: 9, fine: unit }), between(random, -10, 10), 3.2, 0.9);
    const deep = fractalNoise(seed + 1, { coarse: 44, fine: 8 });
    return (x, y, out) => {
      const near = y / height;
      const s = swell(x, y * (1.6 - 0.8 * near));
      blend(
        out,
        [0.07, 0.21, 0.3],
        [0.3, 0.53, 0.58],
        smoothstep(0.25, 0.75, 0.65 * s + 0.35 * deep(x, y)),
        1.12 - 0.25 * near,
      );
      const glint = 0.55 * smoothstep(0.68, 0.8, s);
      for (let c = 0; c < 3; c++) out[c] = mix(out[c] as number, 0.93, glint);
    };
  },
  sky: ({ random, seed, unit, height }) => {
    const clouds = turned(
      fractalNoise(seed, { coarse: 30, fine: 1.5 * unit, gain: 0.52 }),
      between(random, -12, 12),
      1.5,
      0.8,
    );
    const cover = between(random, 0.4, 0.62);
    return (x, y, out) => {
      blend(out, [0.25, 0.44, 0.72], [0.72, 0.8, 0.86], clamp01(y / height), 1);
      const c = clouds(x, y);
      const veil = smoothstep(cover - 0.06, cover + 0.24, c);
      const light = 0.97 - 0.3 * smoothstep(cover + 0.08, cover + 0.4, clouds(x - 2.5, y - 3));
      for (let k = 0; k < 3; k++) out[k] = mix(out[k] as number, light - 0.01 * (2 - k), veil);
    };
  },
  wood: ({ random, seed, unit }) => {
    const upright = random() < 0.5;
    const fibre = fractalNoise(seed, { coarse: 4, fine: unit, gain: 0.65 });
    const bend = fractalNoise(seed + 1, { coarse: 30, fine: 8 });
    const width = between(random, 13, 22);
    const shift = between(random, 0, width);
    const dark = random() < 0.5;
    const [a, b]: readonly [Rgb, Rgb] = dark
      ? [
          [0.2, 0.13, 0.09],
          [0.44, 0.3, 0.2],
        ]
      : [
          [0.48, 0.34, 0.21],
          [0.75, 0.58, 0.4],
        ];
    return (x, y, out) => {
      const [u, v] = upright ? [y, x] : [x, y];
      const at = (v + shift) / width;
      const plank = Math.floor(at);
      const inside = (at - plank) * width;
      const own = cellValue(seed, plank, 3);
      const f = fibre(u / 9 + 40 * own, v + 3 * bend(u / 2 + 50 * own, v));
      const rings = 0.5 + 0.5 * wave(v / 5 + 3 * bend(u / 3 + 20 * own, v));
      const gap = 1 - 0.55 * smoothstep(0.9, 0.2, Math.min(inside, width - inside));
      blend(out, a, b, 0.65 * f + 0.35 * rings, (0.82 + 0.3 * own) * gap);
    };
  },
  brick: ({ random, seed, unit }) => {
    const grain = fractalNoise(seed, { coarse: 5, fine: unit, gain: 0.7 });
    const [w, h] = [between(random, 15, 20), between(random, 6.5, 8.5)];
    const [dx, dy] = [between(random, 0, w), between(random, 0, h)];
    return (x, y, out) => {
      const wobble = 0.7 * (grain(x / 2, y / 2) - 0.5);
      const row = Math.floor((y + dy + wobble) / h);
      const v = y + dy + wobble - row * h;
      const along = (x + dx + wobble) / w + 0.5 * (row & 1);
      const column = Math.floor(along);
      const u = (along - column) * w;
      const own = cellValue(seed, column, row);
      const g = grain(x, y);
      const edge = smoothstep(0.35, 1.25, Math.min(u, w - u, v, h - v));
      blend(out, [0.4, 0.21, 0.16], [0.66, 0.4, 0.3], 0.65 * own + 0.35 * g, 0.8 + 0.3 * g);
      for (let c = 0; c < 3; c++) out[c] = mix((0.66 - 0.03 * c) * (0.75 + 0.35 * g), out[c] as number, edge);
    };
  },
  cloth: ({ random, seed, unit }) => {
    const fold = fractalNoise(seed, { coarse: 26, fine: 7 });
    const weave = valueNoise(seed + 1);
    const { cos, sin } = rotation(between(random, -50, 50));
    const period = between(random, 7, 14);
    const checked = random() < 0.5;
    const warm = random();
    const a: Rgb = [mix(0.3, 0.5, warm), 0.36, mix(0.48, 0.34, warm)];
    const b: Rgb = [mix(0.62, 0.76, warm), 0.68, mix(0.76, 0.62, warm)];
    return (x, y, out) => {
      const f = fold(x, y);
      const u = cos * x + sin * y + 5 * f;
      const v = cos * y - sin * x + 5 * f;
      const stripe = smoothstep(-0.2, 0.2, wave(u / period));
      const other = checked ? smoothstep(-0.2, 0.2, wave(v / period)) : stripe;
      blend(
        out,
        a,
        b,
        (stripe + other) / 2,
        0.72 + 0.45 * f + 0.14 * (weave(u / (1.4 * unit), v / (1.4 * unit)) - 0.5),
      );
    };
  },
  stone: ({ random, seed, unit }) => {
    const body = fractalNoise(seed, { coarse: 24, fine: unit, gain: 0.6 });
    const crack = fractalNoise(seed + 1, { coarse: 32, fine: 3 });
    const moss = fractalNoise(seed + 2, { coarse: 20, fine: 3 });
    const mossy = between(random, 0.5, 0.75);
    return (x, y, out) => {
      const t = smoothstep(0.2, 0.8, body(x, y));
      const line = 1 - 0.4 * smoothstep(0.014, 0, Math.abs(crack(x, y) - 0.5));
      blend(out, [0.27, 0.27, 0.28], [0.68, 0.66, 0.62], t, line);
      const m = 0.7 * smoothstep(mossy, mossy + 0.15, moss(x, y));
      for (let c = 0; c < 3; c++) out[c] = mix(out[c] as number, (c === 1 ? 0.4 : 0.22) * (0.5 + t), m);
    };
  },
  lights: ({ random, seed, width, height }) => {
    const haze = fractalNoise(seed, { coarse: 40, fine: 12 });
    const spots = Array.from({ length: 16 }, () => ({
      x: between(random, -4, width + 4),
      y: between(random, -4, height + 4),
      r: between(random, 3, 9),
      strength: between(random, 0.12, 0.4),
      warm: random(),
    }));
    return (x, y, out) => {
      blend(out, [0.08, 0.1, 0.15], [0.3, 0.24, 0.25], haze(x, y), 1);
      for (const s of spots) {
        const d = Math.sqrt((x - s.x) * (x - s.x) + (y - s.y) * (y - s.y));
        if (d > s.r + 1) continue;
        const light = s.strength * smoothstep(s.r + 0.8, s.r - 0.8, d) * (0.75 + (0.25 * d) / s.r);
        out[0] = (out[0] as number) + light * mix(0.6, 1, s.warm);
        out[1] = (out[1] as number) + light * 0.72;
        out[2] = (out[2] as number) + light * mix(0.95, 0.35, s.warm);
      }
    };
  },
  plaster: ({ random, seed, unit, width, height }) => {
    const rough = fractalNoise(seed, { coarse: 6, fine: unit, gain: 0.7 });
    const stains = fractalNoise(seed + 1, { coarse: 40, fine: 6 });
    const [lx, ly] = [between(random, 0, width), between(random, 0, height)];
    const warm = random();
    const far = 1 / (width * width + height * height);
    const a: Rgb = [mix(0.5, 0.6, warm), 0.54, mix(0.56, 0.44, warm)];
    const b: Rgb = [mix(0.78, 0.9, warm), 0.83, mix(0.84, 0.72, warm)];
    return (x, y, out) => {
      const away = ((x - lx) * (x - lx) + (y - ly) * (y - ly)) * far;
      const relief = rough(x, y) - rough(x + 0.9, y + 0.9);
      blend(out, a, b, 0.35 + 0.5 * stains(x, y), 1.12 - 0.75 * away + 0.5 * relief);
    };
  },
};

/** Names of all grounds. */
export const SYNTH_GROUNDS: readonly string[] = Object.keys(MATERIALS);

/** The painter of one ground. */
export const groundOf = (name: string, site: Site): Ground => (MATERIALS[name] as (site: Site) => Ground)(site);

/** Colour of the ground of scenes without chance. */
export const PLAIN_GROUND: Rgb = [0.5, 0.5, 0.5];
