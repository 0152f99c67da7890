/** @file Representative interpretations against reference code (../shared/golden2, chapter 4): three networks' layers, every array. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ClassGradient,
  classGradients,
  gradCamPlusPlusWeights,
  gradCamWeights,
  openScoreCam,
} from "../../src/regions/baselines.ts";
import { has, placesIn } from "../../src/regions/bits.ts";
import { type Boundaries, boundariesOf, normalOf } from "../../src/regions/boundary.ts";
import { type Cover, cover } from "../../src/regions/cover.ts";
import { normalLengths, rankedCovered } from "../../src/regions/distance.ts";
import { chosenForAll, covering, decisionQuality, type Interpretation, serving } from "../../src/regions/evaluate.ts";
import {
  boundaryMaps,
  type ChannelWeights,
  channelMeans,
  channelWeights,
  heatMap,
  rawMap,
} from "../../src/regions/heat-map.ts";
import { kMeans, nearestCentres } from "../../src/regions/k-means.ts";
import { blackened, confidenceChange, topShare } from "../../src/regions/keep-top.ts";
import { type Pictures, picturesInMemory } from "../../src/regions/pictures.ts";
import { softmaxOf } from "../../src/regions/probabilities.ts";
import { openProjector, type Projections, type Projector, sidesOf, valuesOf } from "../../src/regions/projections.ts";
import { openBoundarySearch } from "../../src/regions/toward-other-class.ts";
import { absent, hasShared } from "../shared.ts";
import {
  BLACK,
  chapter,
  compared,
  goldenCase,
  labelsAt,
  MANIFEST,
  networkOf,
  packed,
  padded,
  picturesAt,
  SIZE,
} from "./golden.ts";
import { type Cut, rowsOf } from "./nets.ts";

const THREADS = { threads: 1 } as const;
const present = hasShared(MANIFEST);
const seconds = 120_000;
/** Layers of which the reference set has every case; of the others the first three. */
const FULL: ReadonlySet<string> = new Set(["a_vgg", "d_resnet"]);

interface Network extends Cut {
  readonly projector: Projector;
  readonly references: Pictures;
  /** All 70 boundaries. */
  readonly boundaries: Boundaries;
  readonly projected: Projections;
  readonly width: number;
}

/** Places of a row of a picture set. */
const at = ({ values, boundaries }: Projections, i: number): Float64Array =>
  values.subarray(i * boundaries, (i + 1) * boundaries);
const flat = (rows: readonly ArrayLike<number>[]): Float64Array =>
  Float64Array.from(rows.flatMap((r) => Array.from(r)));
const firstQ = (q: number): readonly number[] => Array.from({ length: q }, (_, h) => h);
const pictureOf = ({ blocks: _, ...p }: Pictures, rows: Float32Array, i: number): Float32Array =>
  rows.subarray(i * p.width, (i + 1) * p.width);

async function opened(name: string): Promise<Network> {
  const setup = goldenCase(`ch4/${name}/setup`);
  const { classifier, layer } = await networkOf(setup);
  const places = setup.places("reference_positions");
  const references = picturesAt("train", places);
  const sampled = picturesAt(
    "train",
    setup.places("Q_order").map((q) => places[q] as number),
  );
  const boundaries = await boundariesOf(classifier, layer, sampled, THREADS);
  const projector = await openProjector(classifier, layer, THREADS);
  const projected = await projector.project(references, boundaries);
  return { classifier, layer, projector, references, boundaries, projected, width: boundaries.width };
}

/** The 20 inputs of a case, and what the references make of them. */
async function inputsOf(name: string, { projector, boundaries, projected }: Network) {
  const greedy = goldenCase(`ch4/${name}/greedy`);
  const own = greedy.places("input_reference_positions");
  const other = picturesAt("test", greedy.places("input_test_positions"));
  const tests = await projector.project(other, boundaries);
  const values = [...own.map((i) => at(projected, i)), ...firstQ(tests.count).map((i) => at(tests, i))];
  const labels = [...own.map((i) => projected.classes[i] as number), ...tests.classes];
  const setup = goldenCase(`ch4/${name}/setup`);
  const places = setup.places("reference_positions");
  const rows = new Float32Array(values.length * other.width);
  rows.set(
    await rowsOf(
      picturesAt(
        "train",
        own.map((i) => places[i] as number),
      ),
    ),
  );
  rows.set(await rowsOf(other), own.length * other.width);
  return { values, labels, pictures: picturesInMemory(rows, other.width) };
}

const coverOf = (network: Network, x: { values: ArrayLike<number>; label: number }, q = 50, prune = false): Cover =>
  cover({ sides: sidesOf(network.projected), classes: network.projected.classes }, x, {
    candidates: firstQ(q),
    prune,
  });

describe.skipIf(!present).each(present ? ["a_vgg", "d_resnet", "a_vgg_pooled"] : [])(
  `regions of %s${absent(MANIFEST)}`,
  (name) => {
    let network: Network;
    beforeAll(async () => {
      network = await opened(name);
    }, seconds);
    afterAll(() => network?.projector.dispose());
    const id = (part: string): string => `ch4/${name}/${part}`;

    it("boundaries, values and sides", async () => {
      const c = goldenCase(id("setup"));
      const { boundaries, projected, projector, references, layer, width } = network;
      const { psi, scores } = await projector.features(references);
      const rows = firstQ(boundaries.count);
      c.expectOutput("psi_first2", psi.subarray(0, 2 * width));
      c.expectOutput("logits", scores);
      c.expectOutput("class", projected.classes);
      c.expectOutput("W_first3", boundaries.normals.subarray(0, 3 * width));
      c.expectOutput("W_channel_mean", flat(rows.map((h) => channelMeans(normalOf(boundaries, h), layer))));
      c.expectOutput("W_norm", normalLengths(boundaries));
      c.expectOutput("b", boundaries.offsets);
      c.expectOutput("DG", boundaries.gaps);
      c.expectOutput("class_pair", boundaries.pairs);
      c.expectOutput(
        "A",
        projected.values.map((v, i) => v - (boundaries.offsets[i % boundaries.count] as number)),
      );
      const sides = sidesOf(projected);
      const bits = firstQ(projected.count).map((i) =>
        rows.map((h) => has(sides.bits.subarray(h * sides.words, (h + 1) * sides.words), i)),
      );
      c.expectOutput("side_bits", packed(bits));
    });

    it("covers of 20 inputs", async () => {
      const c = goldenCase(id("greedy"));
      const { values, labels } = await inputsOf(name, network);
      const { boundaries, projected } = network;
      const longest = c.shape("order")[1] as number;
      const xs = values.map((v, i) => ({ values: v, label: labels[i] as number }));
      const found = xs.map((x) => coverOf(network, x));
      c.expectOutput("class", labels);
      c.expectOutput("A", flat(values.map((v) => v.map((a, h) => a - (boundaries.offsets[h] as number)))));
      c.expectOutput(
        "tau",
        found.map((f) => f.tau),
      );
      c.expectOutput(
        "order",
        padded(
          found.map((f) => f.order),
          longest,
        ),
      );
      c.expectOutput(
        "removed",
        padded(
          found.map((f) => f.removed.flatMap((r) => [r.same, r.other])),
          2 * longest,
        ),
      );
      c.expectOutput("covered_bits", packed(found.map((f) => firstQ(projected.count).map((i) => has(f.covered, i)))));
      c.expectOutput(
        "covered_same_other",
        found.flatMap((f) => [f.same, f.other, f.same + f.other]),
      );
      for (const q of [3, 8]) {
        const few = xs.map((x) => coverOf(network, x, q));
        c.expectOutput(
          `tau_Q${q}`,
          few.map((f) => f.tau),
        );
        c.expectOutput(
          `order_Q${q}`,
          padded(
            few.map((f) => f.order),
            q,
          ),
        );
        c.expectOutput(
          `covered_Q${q}`,
          few.map((f) => f.same + f.other),
        );
      }
      const fewer = xs.map((x) => coverOf(network, x, 50, true).order.toSorted((a, b) => a - b));
      c.expectOutput("pruned", padded(fewer, longest));
      const ranked = found.map((f, i) => rankedCovered(f, projected, values[i] as Float64Array).slice(0, 10));
      const tops = (pick: (r: { index: number; distance: number }) => number, fill: number) =>
        padded(
          ranked.map((r) => r.map(pick)),
          10,
          fill,
        );
      c.expectOutput(
        "dist_top10_index",
        tops((r) => r.index, -1),
      );
      c.expectOutput(
        "dist_top10",
        tops((r) => r.distance, Number.NaN),
      );
      for (const [i, f] of found.entries()) expect(placesIn(f.covered).length, `${i}`).toBe(f.same + f.other);
    });

    it("heat maps, on the inputs and on others", async () => {
      const c = goldenCase(id("heatmaps"));
      const { values, labels, pictures } = await inputsOf(name, network);
      const { boundaries, layer, projector, references, width } = network;
      const on = { layer, size: SIZE };
      const { psi } = await projector.features(pictures);
      const own = (i: number): Float32Array => psi.subarray(i * width, (i + 1) * width);
      const weights = values.map((v, i) => {
        const { order } = coverOf(network, { values: v, label: labels[i] as number });
        return channelWeights(boundaries, layer, { order, values: v });
      });
      c.expectOutput("offset", [0, ...weights.map((_, i) => weights.slice(0, i + 1).flat().length)]);
      c.expectOutput("alpha", flat(weights.flat()));
      c.expectOutput("raw", flat(weights.flatMap((ws, i) => ws.map((w) => rawMap(own(i), w, layer)))));
      c.expectOutput("heat", flat(weights.map((w, i) => heatMap(own(i), w, on))));
      c.expectOutput("upsampled_input0", flat(boundaryMaps(own(0), weights[0] as ChannelWeights, on)));
      const all = await projector.features(references);
      const pairs = c.places("reuse_pairs");
      const reused = firstQ(pairs.length / 2).map((p) => {
        const [i, r] = [pairs[2 * p] as number, pairs[2 * p + 1] as number];
        return heatMap(all.psi.subarray(r * width, (r + 1) * width), weights[i] as ChannelWeights, on);
      });
      c.expectOutput("reuse_heat", flat(reused));
    });

    FULL.has(name) &&
      it("boundaries toward other classes", { timeout: seconds }, async () => {
        const c = goldenCase(id("toward_other_class"));
        const { labels, pictures } = await inputsOf(name, network);
        const { classifier, layer, projector, references, width } = network;
        const [inputs, all] = [await projector.features(pictures), await projector.features(references)];
        const row = (psi: Float32Array, i: number): Float32Array => psi.subarray(i * width, (i + 1) * width);
        const search = await openBoundarySearch(classifier, layer, THREADS);
        const pairs = c.places("pairs");
        const [told, means, numbers]: [number[], Float64Array[], number[]] = [[], [], []];
        const dot = (a: Float32Array, b: Float32Array): number => a.reduce((s, v, i) => s + v * (b[i] as number), 0);
        for (let p = 0; p < pairs.length; p += 2) {
          const [i, r] = [pairs[p] as number, pairs[p + 1] as number];
          const [psi, others] = [row(inputs.psi, i), row(all.psi, r)];
          const found = await search.search({ psi, label: labels[i] as number, others });
          told.push(found.steps[0] as number, ...found.pairs);
          means.push(channelMeans(found.normals, layer));
          numbers.push(found.offsets[0] as number, found.gaps[0] as number);
          numbers.push(dot(found.normals, psi), dot(found.normals, others));
          expect(found.met).toEqual([true]);
        }
        await search.dispose();
        c.expectOutput("iterations_and_pair", told);
        c.expectOutput("W_channel_mean", flat(means));
        c.expectOutput("b_DG_projections", numbers);
      });

    FULL.has(name) &&
      it("k-means", { timeout: seconds }, async () => {
        const c = goldenCase(id("kmeans"));
        const { projector, references, width } = network;
        const points = picturesInMemory((await projector.features(references)).psi, width);
        const clusters = c.param<number>("K");
        const iterations = c.param<number>("iterations");
        const [rounds, inertias]: [Int32Array[], number[]] = [[], []];
        const found = await kMeans(points, {
          clusters,
          iterations,
          start: c.places("init"),
          ...THREADS,
          onRound: (_, assignment, inertia) => {
            rounds.push(assignment);
            inertias.push(inertia);
          },
        });
        while (rounds.length < iterations) {
          expect(found.converged).toBe(true);
          rounds.push(found.assignment);
          inertias.push(found.inertia);
        }
        c.expectOutput("assignment", flat(rounds));
        c.expectOutput("final_assignment", found.assignment);
        c.expectOutput("inertia", inertias);
        c.expectOutput("V", found.representatives);
        const centre = (k: number): Float64Array => found.centres.subarray(k * width, (k + 1) * width);
        c.expectOutput(
          "centre_norms",
          firstQ(clusters).map((k) => Math.hypot(...centre(k))),
        );
        c.expectOutput("centre0", centre(0));
      });

    FULL.has(name) &&
      it("unseen pictures: AD and AI", { timeout: 4 * seconds }, async () => {
        const c = goldenCase(id("unseen_AD_AI"));
        const { classifier, layer, projector, references, boundaries, projected, width } = network;
        const unseen = picturesAt("test", c.places("unseen_positions"));
        const [rows, referenceRows] = [await rowsOf(unseen), await rowsOf(references)];
        const { psi, scores } = await projector.features(unseen);
        const seen = await projector.project(unseen, boundaries);
        const probability = (of: Float32Array, i: number): number =>
          softmaxOf(of.subarray(i * classifier.classes, (i + 1) * classifier.classes))[
            seen.classes[i] as number
          ] as number;
        const whole = firstQ(seen.count).map((i) => probability(scores, i));
        c.expectOutput("class", seen.classes);
        c.expectOutput("Y", whole);

        const v = c.places("V");
        const all = v.map((r): Interpretation => {
          const x = { values: valuesOf(projected, r), label: projected.classes[r] as number };
          return { ...coverOf(network, x), ...x };
        });
        c.expectOutput(
          "covered_bits",
          packed(
            firstQ(seen.count).map((i) => {
              const own = covering(all, valuesOf(seen, i));
              return firstQ(v.length).map((k) => own.includes(k));
            }),
          ),
        );
        c.expectOutput(
          "covered_references_of_V",
          all.map((p) => p.same + p.other),
        );
        c.expectOutput(
          "V_order",
          padded(
            all.map((p) => p.order),
            c.shape("V_order")[1] as number,
          ),
        );
        const covered = chosenForAll(all, seen);
        c.expectOutput("chosen", covered);
        const clustered = goldenCase(id("kmeans"));
        const points = picturesInMemory((await projector.features(references)).psi, width);
        const { centres } = await kMeans(points, {
          clusters: v.length,
          iterations: clustered.param<number>("iterations"),
          start: clustered.places("init"),
          ...THREADS,
        });
        const nearest = await nearestCentres(picturesInMemory(psi, width), centres, THREADS);
        c.expectOutput("nearest_centre", nearest);

        const inputs = flat(v.map((r) => pictureOf(references, referenceRows, r)));
        const gradients = await classGradients(
          classifier,
          layer,
          picturesInMemory(Float32Array.from(inputs), references.width),
          THREADS,
        );
        const scoreCam = await openScoreCam(classifier, layer, THREADS);
        const scored = [];
        for (const [k, g] of gradients.entries())
          scored.push(await scoreCam.weights(pictureOf(references, referenceRows, v[k] as number), g));
        await scoreCam.dispose();
        const own: Readonly<Record<string, readonly ArrayLike<number>[]>> = {
          gradcam: gradients.map((g) => gradCamWeights(g, layer)),
          gradcampp: gradients.map((g) => gradCamPlusPlusWeights(g, layer)),
          scorecam: scored.map((s) => s.original),
          scorecam_softmax: scored.map((s) => s.softmax),
        };
        for (const [method, weights] of Object.entries(own)) c.expectOutput(`weights_${method}`, flat(weights));

        const served = serving(covered, nearest);
        const methods: Readonly<Record<string, (i: number) => ChannelWeights>> = {
          RI: (i) => channelWeights(boundaries, layer, all[served[i] as number] as Interpretation),
          ...Object.fromEntries(
            Object.entries(own).map(([method, weights]) => [
              method,
              (i: number) => [weights[nearest[i] as number] as ArrayLike<number>],
            ]),
          ),
        };
        const black = { layout: classifier.layout, black: BLACK };
        const ad = c.value<Readonly<Record<string, number>>>("AD");
        const ai = c.value<Readonly<Record<string, number>>>("AI");
        for (const [method, weights] of Object.entries(methods)) {
          const maps = firstQ(seen.count).map((i) =>
            heatMap(psi.subarray(i * width, (i + 1) * width), weights(i), { layer, size: SIZE }),
          );
          const masks = maps.map((m) => topShare(m, 0.2));
          const left = masks.map((m, i) => blackened(pictureOf(unseen, rows, i), m, black));
          const said = await projector.features(picturesInMemory(Float32Array.from(flat(left)), unseen.width));
          const kept = firstQ(seen.count).map((i) => probability(said.scores, i));
          c.expectOutput(`heat_first3_${method}`, flat(maps.slice(0, 3)));
          c.expectOutput(`mask_bits_${method}`, packed(masks.map((m) => Array.from(m, (bit) => bit === 1))));
          c.expectOutput(`Yp_${method}`, kept);
          c.expectOutput(
            `cut_gap_${method}`,
            maps.map((m) => {
              const sorted = m.slice().sort();
              return (sorted.at(-819) as number) - (sorted.at(-820) as number);
            }),
          );
          const change = confidenceChange(whole, kept);
          expect(Math.abs(change.drop - (ad[method] as number)), `${method} AD`).toBeLessThanOrEqual(0.002);
          expect(Math.abs(change.increase - (ai[method] as number)), `${method} AI`).toBeLessThanOrEqual(0.0101);
        }
      });

    FULL.has(name) &&
      it("decision regions", async () => {
        const c = goldenCase(id("acu_cvr"));
        const { boundaries, projected, projector } = network;
        const places = goldenCase(id("setup")).places("reference_positions");
        const unseen = c.places("unseen_positions");
        const seen = await projector.project(picturesAt("test", unseen), boundaries);
        const truth = { references: labelsAt("train", places), unseen: labelsAt("test", unseen) };
        const sweep = c.value<Readonly<Record<string, Readonly<Record<string, unknown>>>>>("sweep");
        for (const q of c.param<readonly number[]>("sweep")) {
          const wanted = sweep[String(q)] as Readonly<Record<string, unknown>>;
          const found = c.places("V").map((r) => {
            const x = { values: valuesOf(projected, r), label: projected.classes[r] as number };
            return { ...coverOf(network, x, q), ...x };
          });
          const sets = { references: projected, unseen: seen };
          for (const set of ["references", "unseen"] as const) {
            const chosen = chosenForAll(found, sets[set]);
            c.expectOutput(`chosen_${set === "references" ? "refs" : "unseen"}_Q${q}`, chosen);
            const quality = decisionQuality(found, chosen, { classes: sets[set].classes, labels: truth[set] });
            const own = wanted[set] as Readonly<Record<"ACU_GT" | "ACU_MD" | "CVR", number>>;
            expect(quality.labels).toBeCloseTo(own.ACU_GT, 12);
            expect(quality.model).toBeCloseTo(own.ACU_MD, 12);
            expect(quality.coverage).toBeCloseTo(own.CVR, 12);
          }
          const mean = (f: (p: Cover) => number): number => found.reduce((s, p) => s + f(p), 0) / found.length;
          expect(mean((p) => p.order.length)).toBeCloseTo(wanted.mean_P as number, 12);
          expect(mean((p) => p.same + p.other)).toBeCloseTo(wanted.mean_covered as number, 12);
          expect(mean((p) => p.tau)).toBeCloseTo(wanted.mean_tau as number, 12);
        }
        const accuracy = c.value<Readonly<Record<"references" | "unseen", number>>>("model_accuracy");
        const agreed = (a: ArrayLike<number>, b: readonly number[]): number =>
          b.filter((l, i) => l === a[i]).length / b.length;
        expect(agreed(projected.classes, truth.references)).toBeCloseTo(accuracy.references, 12);
        expect(agreed(seen.classes, truth.unseen)).toBeCloseTo(accuracy.unseen, 12);
      });

    FULL.has(name) &&
      it("channel weights of CAMs", { timeout: 2 * seconds }, async () => {
        const c = goldenCase(id("cams"));
        const { pictures } = await inputsOf(name, network);
        const { classifier, layer, projector, references, width } = network;
        const on = { layer, size: SIZE };
        const rows = await rowsOf(pictures);
        const gradients = await classGradients(classifier, layer, pictures, THREADS);
        const all = (await projector.features(references)).psi;
        const scoreCam = await openScoreCam(classifier, layer, THREADS);
        const scored = [];
        for (const [i, g] of gradients.entries()) scored.push(await scoreCam.weights(pictureOf(pictures, rows, i), g));
        await scoreCam.dispose();
        c.expectOutput("gradient_first2", flat(gradients.slice(0, 2).map((g) => g.gradient)));
        const pairs = goldenCase(id("heatmaps")).places("reuse_pairs");
        const own: Readonly<Record<string, readonly ArrayLike<number>[]>> = {
          gradcam: gradients.map((g) => gradCamWeights(g, layer)),
          gradcampp: gradients.map((g) => gradCamPlusPlusWeights(g, layer)),
          scorecam: scored.map((s) => s.original),
          scorecam_softmax: scored.map((s) => s.softmax),
        };
        const psi = (i: number): Float32Array => (gradients[i] as ClassGradient).psi;
        for (const [method, weights] of Object.entries(own)) {
          c.expectOutput(`w_${method}`, flat(weights));
          c.expectOutput(`raw_${method}`, flat(weights.map((w, i) => rawMap(psi(i), w, layer))));
          c.expectOutput(`heat_first4_${method}`, flat(weights.slice(0, 4).map((w, i) => heatMap(psi(i), [w], on))));
          const reused = firstQ(pairs.length / 2).map((p) => {
            const [i, r] = [pairs[2 * p] as number, pairs[2 * p + 1] as number];
            return heatMap(all.subarray(r * width, (r + 1) * width), [weights[i] as ArrayLike<number>], on);
          });
          c.expectOutput(`reuse_${method}`, flat(reused));
        }
      });
  },
);

describe.skipIf(!present)(`the whole chapter${absent(MANIFEST)}`, () => {
  it("was compared, every case and array", () => {
    const all = chapter();
    console.log(`golden2: regions ${compared.size}/${all.length} arrays compared`);
    expect([...compared].sort()).toEqual([...all].sort());
  });
});
