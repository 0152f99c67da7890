/** @file `representers explain`: training points for and against classes of test points, beside influence functions and neighbours. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import { type Cut, thetaOf } from "../representers/cut.ts";
import { type GroupSum, groupSums } from "../representers/groups.ts";
import { openInfluence } from "../representers/influence.ts";
import { pointsOf, targetsOf } from "../representers/influence-study.ts";
import { scoresOfAll } from "../representers/linear.ts";
import { type Neighbour, nearest } from "../representers/nearest.ts";
import { type ClassAnswer, query, representerValues } from "../representers/query.ts";
import { scoresOf } from "../representers/representers.ts";
import { givenTargets } from "../representers/targets.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { featuresOf } from "./representers-extract.ts";
import type { OpenRepresenters } from "./representers-open.ts";
import type { PointInput, PointSource } from "./representers-points.ts";

export type Beside = "influence" | "euclid";
export const BESIDE: readonly Beside[] = ["influence", "euclid"];

export interface RepresentersExplainOptions extends SessionOptions {
  /** Class indices, `predicted` by the fit (default), `label`, or `all`. */
  readonly target?: number | "predicted" | "label" | "all" | undefined;
  /** Points on either side. Default 5. */
  readonly top?: number | undefined;
  readonly with?: readonly Beside[] | undefined;
  /** Group of each training point. */
  readonly groups?: readonly string[] | undefined;
  readonly dropBiasInKernel?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A test point by its features. */
export interface TestPoint {
  readonly id: string;
  readonly label: number;
  readonly features: Float32Array;
}

export interface InfluentialPoint {
  readonly index: number;
  readonly value: number;
}
export interface ExplainedTestClass extends ClassAnswer {
  /** Score of the network itself, where its last layer is known. */
  readonly given: number | null;
  readonly influence: {
    readonly helpful: readonly InfluentialPoint[];
    readonly harmful: readonly InfluentialPoint[];
  } | null;
  readonly groups: readonly GroupSum[] | null;
}
export interface ExplainedTest {
  readonly id: string;
  readonly label: number;
  readonly predicted: number;
  readonly classes: readonly ExplainedTestClass[];
  readonly nearest: readonly Neighbour[] | null;
}

/** Points through the network up to the cut. Throws `E_IMAGE_READ` for a point that cannot be read, `E_NUMERIC`. */
export async function featuresOfPoints(
  source: PointSource,
  cut: Cut,
  session: SessionOptions = {},
): Promise<readonly TestPoint[]> {
  const network = await openSession(writeModelBytes(cut.model), session);
  try {
    const tests: TestPoint[] = [];
    for await (const point of source.points()) {
      if ("error" in point) throw new OnnxplainError("E_IMAGE_READ", `\`${point.id}\`: ${point.error}`);
      const run = async (rows: Parameters<Parameters<typeof featuresOf>[1]>[0]): Promise<Float32Array> =>
        (await network.run({ [cut.input]: rows }, [cut.output]))[cut.output]?.data as Float32Array;
      const [features] = await featuresOf([point] satisfies readonly PointInput[], run, cut.width);
      tests.push({ id: point.id, label: point.label, features: features as Float32Array });
    }
    return tests;
  } finally {
    await network.dispose();
  }
}

/**
 * Throws as `query`; `E_TARGET_UNKNOWN` for target `label` of a point that has none; `E_PARAM` for influence functions of other losses than
 * softmax with labels.
 */
export async function explainByRepresenters(
  open: OpenRepresenters,
  tests: readonly TestPoint[],
  {
    target = "predicted",
    top = 5,
    groups,
    dropBiasInKernel,
    cut,
    ...options
  }: RepresentersExplainOptions & {
    readonly cut?: Cut | undefined;
  } = {},
): Promise<readonly ExplainedTest[]> {
  const { fitted, train } = open;
  const { features } = train;
  const rows = new Float32Array(tests.length * fitted.width);
  tests.forEach((t, i) => void rows.set(t.features, i * fitted.width));
  const wanted = tests.map((t) => targetsOfTest(open, t, target));
  const targets = [...new Set(wanted.flat())].sort((a, b) => a - b);
  const asked = { ...options, targets, top, dropBiasInKernel };
  const answers = await query(fitted, features, rows, asked);
  const near = options.with?.includes("euclid") ? await nearest(features, rows, top) : undefined;
  const influence = options.with?.includes("influence")
    ? await influential(open, rows, { top, options, wanted })
    : undefined;
  const given = cut?.end && { ...fitted, bias: true, columns: fitted.width + 1, theta: thetaOf(cut.end, true) };
  return Promise.all(
    tests.map(async ({ id, label, features: own }, t) => {
      const answer = answers[t] as (typeof answers)[number];
      const logits = given && scoresOf(given, own);
      const classes = await Promise.all(
        answer.classes
          .filter((c) => wanted[t]?.includes(c.target))
          .map(async (c) => ({
            ...c,
            given: logits?.[c.target] ?? null,
            influence: influence?.[t]?.get(c.target) ?? null,
            groups: groups
              ? groupSums(
                  await representerValues(fitted, features, own, { ...options, target: c.target, dropBiasInKernel }),
                  groups,
                )
              : null,
          })),
      );
      return { id, label, predicted: answer.predicted, classes, nearest: near?.[t] ?? null };
    }),
  );
}

function targetsOfTest(
  { fitted }: OpenRepresenters,
  { id, label, features }: TestPoint,
  target: NonNullable<RepresentersExplainOptions["target"]>,
): readonly number[] {
  if (typeof target === "number") return [target];
  if (target === "all") return Array.from({ length: fitted.classes }, (_, j) => j);
  if (target === "label") {
    if (label >= 0) return [label];
    throw new OnnxplainError("E_TARGET_UNKNOWN", `\`${id}\` has no label to explain. Name a class with \`--target\`.`);
  }
  const logits = scoresOf(fitted, features);
  return [logits.indexOf(logits.reduce((a, b) => Math.max(a, b)))];
}

type Influential = NonNullable<ExplainedTestClass["influence"]>;

/** Influence on the loss that each test point has for each class asked for. */
async function influential(
  { fitted, train }: OpenRepresenters,
  rows: Float32Array,
  {
    top,
    options,
    wanted,
  }: {
    readonly top: number;
    readonly options: SessionOptions;
    readonly wanted: readonly (readonly number[])[];
  },
): Promise<readonly ReadonlyMap<number, Influential>[]> {
  if (fitted.activation !== "softmax")
    throw new OnnxplainError(
      "E_PARAM",
      `Influence functions here are of the softmax loss, the fit is of ${fitted.activation}. Leave out \`influence\`.`,
    );
  const { classes, count, width, bias, theta, lambda, alpha } = fitted;
  // t = σ(Φ) + 2 λ n α is what the fit was asked for, labels or not
  const logits = await scoresOfAll(train.features, fitted, options);
  const sigma = await givenTargets(logits, { classes, activation: fitted.activation, session: options });
  const targets = sigma.map((p, i) => p + 2 * lambda * count * (alpha[i] as number));
  const layer = { loss: "softmax", outputs: classes, bias, theta } as const;
  const study = await openInfluence({ points: train.features, targets, layer, weightDecay: 2 * lambda }, options);
  try {
    const out: ReadonlyMap<number, Influential>[] = [];
    for (const [t, own] of wanted.entries()) {
      const test = rows.subarray(t * width, (t + 1) * width);
      const entries: [number, Influential][] = [];
      for (const target of own) {
        const asked = { points: pointsOf(test, width), targets: targetsOf([target], layer) };
        const { values } = await study.of(asked);
        entries.push([target, extremesOf(values, top)]);
      }
      out.push(new Map(entries));
    }
    return out;
  } finally {
    await study.dispose();
  }
}

function extremesOf(values: Float64Array, top: number): Influential {
  const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const at = (index: number): InfluentialPoint => ({ index, value: values[index] as number });
  return { helpful: order.slice(0, top).map(at), harmful: order.slice(-top).reverse().map(at) };
}
