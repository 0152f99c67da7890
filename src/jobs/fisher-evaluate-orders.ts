/** @file Algorithm 1 on one picture: descriptors replaced in the order of every decomposition; and what many pictures come to. */
import { DEFAULT_EPSILON, type RelevanceOptions } from "../fisher/relevance.ts";
import { leastRelevantFirst, mostRelevantFirst } from "../fisher/replacement-orders.ts";
import { type OrderQuality, orderQualities, resample } from "../fisher/resampling.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import type { FisherLook } from "./fisher-evaluate-fisher.ts";
import type { Judging } from "./fisher-evaluate-options.ts";

export type OrderSettings = Required<Pick<RelevanceOptions, "variant">> & { readonly epsilon: number };

/** One order by its name: what is sorted by, and from which end. */
export interface AskedOrder {
  readonly id: string;
  readonly by: OrderSettings | undefined;
  readonly first: "most" | "least" | "random";
}

/** Every decomposition, the first epsilon from its other end, and chance. */
export function askedOrders({
  decompositions,
  epsilons,
}: Pick<Judging, "decompositions" | "epsilons">): readonly AskedOrder[] {
  const several = epsilons.length > 1;
  const own = decompositions.flatMap((variant): readonly AskedOrder[] =>
    variant === "epsilon"
      ? epsilons.map((epsilon) => ({
          id: several ? `epsilon ${epsilon}` : "epsilon",
          by: { variant, epsilon },
          first: "most",
        }))
      : [{ id: variant, by: { variant, epsilon: DEFAULT_EPSILON }, first: "most" }],
  );
  const reversed = own.find((o) => o.by?.variant === "epsilon");
  return [
    ...own,
    ...(reversed ? [{ ...reversed, id: "epsilon, least first", first: "least" } as const] : []),
    { id: "random", by: undefined, first: "random" },
  ];
}

/** {@link OrderQuality} as plain JSON. */
export interface KeptQuality {
  readonly order: string;
  readonly traces: number;
  readonly quality: number | null;
  readonly flipShare: number | null;
  readonly histogram: readonly number[];
  readonly reached: readonly number[];
  readonly drops: readonly number[];
}

/** One picture and class. */
export async function ordersOf(
  look: FisherLook,
  label: number,
  {
    judging,
    orders,
    threshold,
    seed,
    kind,
    signal,
  }: {
    readonly judging: Judging;
    readonly orders: readonly AskedOrder[];
    readonly threshold: number;
    readonly seed: number;
    readonly kind: Parameters<typeof resample>[0]["kind"];
    readonly signal?: AbortSignal | undefined;
  },
): Promise<readonly KeptQuality[]> {
  const { described, fisher } = look.encoded();
  const known = new Map<string, Float64Array>();
  const valuesBy = (by: OrderSettings): Float64Array => {
    const key = `${by.variant} ${by.epsilon}`;
    const values = known.get(key) ?? look.relevance(label, by).values;
    known.set(key, values);
    return values;
  };
  const indices = orders.map(({ id, by, first }) => {
    if (by === undefined) return [id, shuffled(fisher.active.count, uniforms(scattered(seed)))] as const;
    return [id, first === "most" ? mostRelevantFirst(valuesBy(by)) : leastRelevantFirst(valuesBy(by))] as const;
  });
  const { replacements, batchOf, repetitions } = judging;
  const traces = await resample(
    { kind, descriptors: described, sums: fisher, ...look.weights(label) },
    Object.fromEntries(indices),
    { replacements, batch: batchOf, repetitions, threshold, seed, signal },
  );
  return orderQualities(traces).map(keptOf);
}

const keptOf = ({ order, traces, quality, flipShare, histogram, reached, drops }: OrderQuality): KeptQuality => ({
  order,
  traces,
  quality,
  flipShare,
  histogram: [...histogram],
  reached: [...reached],
  drops: [...drops],
});

export interface SeveralQualities extends KeptQuality {
  /** Pictures and classes. */
  readonly asked: number;
  /** Standard error of A over those; null for fewer than two. */
  readonly error: number | null;
}

/** One order over pictures: traces weigh the same, whoever they are of. */
export function merged(all: readonly KeptQuality[]): SeveralQualities {
  const own = all.filter((q) => q.quality !== null);
  const traces = own.reduce((sum, q) => sum + q.traces, 0);
  const mean = (read: (q: KeptQuality) => number | null): number | null =>
    traces === 0 ? null : own.reduce((sum, q) => sum + q.traces * (read(q) as number), 0) / traces;
  const points = own.reduce((most, q) => Math.max(most, q.reached.length), 0);
  const at = (i: number, read: (q: KeptQuality, i: number) => number): number =>
    own.reduce((sum, q) => sum + (i < q.reached.length ? read(q, i) : 0), 0);
  const over = <T>(make: (i: number) => T): readonly T[] => Array.from({ length: points }, (_, i) => make(i));
  const reached = over((i) => at(i, (q) => q.reached[i] as number));
  const quality = mean((q) => q.quality);
  const spread = own.reduce((sum, q) => sum + ((q.quality as number) - (quality ?? 0)) ** 2, 0);
  return {
    order: all[0]?.order ?? "",
    asked: own.length,
    traces,
    quality,
    error: own.length < 2 ? null : Math.sqrt(spread / (own.length - 1) / own.length),
    flipShare: mean((q) => q.flipShare),
    histogram: over((i) => at(i, (q) => q.histogram[i] as number)),
    reached,
    drops: over((i) => at(i, (q) => (q.drops[i] as number) * (q.reached[i] as number)) / (reached[i] as number)),
  };
}
