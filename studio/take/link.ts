/** @file The view as the end of a link, and back. A link is a stranger's text: what does not fit is left out. */
import { CHANNEL_REDUCERS, COLORMAP_NAMES, type Preprocessing, parseEdit } from "../../src/index.ts";
import { FIRST_VIEW, type MethodChoice, TABS, type View } from "../state/view.ts";

/** Longer links are not read, in characters. */
const LONGEST = 20_000;
const MOST = 64;

type Reader<T> = (value: unknown) => T | undefined;

const text: Reader<string> = (v) => (typeof v === "string" && v.length <= 500 ? v : undefined);
const oneOf =
  <const T extends string>(names: readonly T[]): Reader<T> =>
  (v) =>
    names.find((n) => n === v);
const within =
  (low: number, high: number): Reader<number> =>
  (v) =>
    typeof v === "number" && v >= low && v <= high ? v : undefined;
const whole: Reader<number> = (v) => (Number.isSafeInteger(v) && (v as number) >= 0 ? (v as number) : undefined);
const list =
  <T>(each: Reader<T>): Reader<readonly T[]> =>
  (v) =>
    Array.isArray(v) && v.length <= MOST ? v.map(each).filter((x) => x !== undefined) : undefined;

const plainValue: Reader<unknown> = (v) =>
  typeof v === "number" || typeof v === "boolean" || text(v) !== undefined ? v : list(within(-1e12, 1e12))(v);

const recordOf = (v: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Readonly<Record<string, unknown>>) : undefined;

/** Whether there is such a method with such parameters is found where it is asked. */
const method: Reader<MethodChoice> = (v) => {
  const own = recordOf(v);
  const id = text(own?.method);
  const params = Object.entries(recordOf(own?.params) ?? {}).filter(
    ([name, value]) => /^\w{1,40}$/.test(name) && plainValue(value) !== undefined,
  );
  return id !== undefined && /^[\w-]+$/.test(id) ? { method: id, params: Object.fromEntries(params) } : undefined;
};

const edit: Reader<string> = (v) => {
  const words = text(v);
  try {
    return words !== undefined && parseEdit(words) ? words : undefined;
  } catch {
    return undefined;
  }
};

/** What is wrong with the numbers is found where they are used; here they must be of the right kind. */
const preprocessing: Reader<Preprocessing> = (v) => {
  const own = recordOf(v);
  const numbers = list(within(-1e9, 1e9));
  const [mean, std, scale] = [numbers(own?.mean), numbers(own?.std), within(-1e9, 1e9)(own?.scale)];
  const resample = oneOf(["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"])(own?.resample);
  const channelOrder = oneOf(["RGB", "BGR", "GRAY"])(own?.channelOrder);
  const layout = oneOf(["nchw", "nhwc"])(own?.layout);
  if (!mean || !std || scale === undefined || !resample || !channelOrder || !layout) return undefined;
  const side = within(1, 8192);
  const box = (b: unknown) => {
    const [width, height] = [side(recordOf(b)?.width), side(recordOf(b)?.height)];
    return width && height ? { width, height } : undefined;
  };
  const shorterSide = side(recordOf(own?.resize)?.shorterSide);
  return {
    ...{ mean, std, scale, resample, channelOrder, layout },
    resize: shorterSide ? { shorterSide } : (box(own?.resize) ?? null),
    crop: box(own?.crop) ?? null,
  };
};

/** One reader each: a new field of the view does not compile without one. */
const READERS: { readonly [K in keyof View]-?: Reader<View[K]> } = {
  tab: oneOf(TABS),
  methods: list(method),
  targets: list(text),
  layer: text,
  output: oneOf(["logits", "probability"]),
  seed: whole,
  device: oneOf(["auto", "wasm", "webgpu"]),
  batch: whole,
  preprocessing,
  look: (v) => {
    const own = recordOf(v);
    const alpha = within(0, 1)(own?.alpha);
    if (alpha === undefined) return undefined;
    return { alpha, cmap: oneOf(COLORMAP_NAMES)(own?.cmap), reducer: oneOf(CHANNEL_REDUCERS)(own?.reducer) };
  },
  edits: list(edit),
  measure: (v) => {
    const own = recordOf(v);
    const first = FIRST_VIEW.measure;
    return {
      ...first,
      rho: within(1e-6, 1)(own?.rho) ?? first.rho,
      base: oneOf(["blur", "zero"])(own?.base) ?? first.base,
      curves: list(text)(own?.curves) ?? first.curves,
      agreement: list(text)(own?.agreement) ?? first.agreement,
      score: oneOf(["probability", "logit"])(own?.score) ?? first.score,
      numbers: list(text)(own?.numbers) ?? first.numbers,
      baselines: own?.baselines === true,
    };
  },
};

const KEYS = Object.keys(READERS) as (keyof View)[];

/** What differs from the first view, as the fragment of a URL without its `#`. Neither model nor pictures are in it. */
export function linkOf(view: View): string {
  const changed = KEYS.filter((key) => JSON.stringify(view[key]) !== JSON.stringify(FIRST_VIEW[key]));
  return `v=${encodeURIComponent(JSON.stringify(Object.fromEntries(changed.map((key) => [key, view[key]]))))}`;
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return recordOf(JSON.parse(decodeURIComponent(text)));
  } catch {
    return undefined;
  }
}

/** The view of a link; `undefined` for a fragment that holds none. */
export function viewOf(fragment: string): View | undefined {
  const found = /^#?v=(.*)$/s.exec(fragment)?.[1];
  if (found === undefined || found.length > LONGEST) return undefined;
  const own = parsed(found);
  if (own === undefined) return undefined;
  const read = (key: keyof View): unknown =>
    (Object.hasOwn(own, key) ? READERS[key](own[key]) : undefined) ?? FIRST_VIEW[key];
  return Object.fromEntries(KEYS.map((key) => [key, read(key)])) as unknown as View;
}
