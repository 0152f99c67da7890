/** @file Confidence gain made visible: each mask, the hybrid it makes, and the score of the class under it. */
import {
  type Asked,
  areaOf,
  dilate,
  displayClip,
  heatmap,
  intersection,
  type ParamValue,
  spearman,
  topMask,
  type Watched,
  watchMetrics,
} from "../../../src/index.ts";
import type { Growth, GrowthAnswer, Likeness } from "../../engine/calls/measure.ts";
import type { Answer, Context } from "../../engine/handler.ts";
import { heldModel, heldPicture, runOptions } from "../../engine/held.ts";
import type { Input } from "../../engine/protocol.ts";
import { type Prepared, prepared } from "./maps.ts";
import { maskPicture, thumbnail } from "./thumbnail.ts";

type Ask = Input<"growth">;

export async function growth(ask: Ask, { signal, onProgress, tell }: Context<"growth">): Promise<Answer<"growth">> {
  const model = heldModel();
  const { width, height } = model.classifier();
  const ready = await prepared(ask, signal);
  const { rho, base, score } = ask;
  const params: Readonly<Record<string, ParamValue>> = { rho, base, ...(score === "logit" ? { score } : {}) };
  const masks = new Map<string, Uint8Array>();
  const seen: Partial<Record<"image" | "base", { readonly value: number; readonly picture: Promise<ImageBitmap> }>> =
    {};
  const sending: Promise<void>[] = [];
  let measured = 0;

  const scoreIn = ({ scored, target, probability }: Asked): number =>
    score === "logit" ? (scored.logits[target] as number) : probability;

  const onAsked = (asked: Asked): void => {
    if (!asked.metric.startsWith("ccg")) return;
    const about = asked.key === "image" ? "image" : asked.key?.startsWith("base:") ? "base" : undefined;
    if (about) {
      seen[about] ??= { value: scoreIn(asked), picture: thumbnail(asked.picture()) };
      return;
    }
    const before = masks.get(asked.map);
    const mask = before ? dilate(before, width) : intersection(asked.maps.map((plane) => topMask(plane, rho).mask));
    masks.set(asked.map, mask);
    const head = { map: asked.map, step: asked.step - FIRST_HYBRID, value: scoreIn(asked), area: areaOf(mask) };
    const hybrid = asked.picture();
    sending.push(
      Promise.all([thumbnail(maskPicture(mask, width)), thumbnail(hybrid)]).then(([shown, made]) =>
        tell({ ...head, mask: shown, hybrid: made }, [shown, made]),
      ),
    );
  };

  const total = 2 * ready.maps.length;
  const found = await watchMetrics(model, heldPicture(ask.picture, ask.edits), {
    ...(await runOptions(ask.run)),
    maps: ready.maps,
    metrics: ["scg", "ccg"].map((metric) => ({ metric, params, name: metric })),
    id: ask.name,
    target: ready.target,
    signal,
    onAsked,
    onMeasured: () => onProgress({ done: ++measured, total }),
  });
  await Promise.all(sending);
  const target = found[0]?.target ?? ready.target ?? 0;
  const shown = async (one: (typeof seen)["image"]) => one && { value: one.value, picture: await one.picture };
  const output: GrowthAnswer = {
    target,
    label: model.labels?.[target] ?? `class ${target}`,
    size: { width, height },
    image: await shown(seen.image),
    base: await shown(seen.base),
    rows: await rowsOf(found, ready, { ask, size: { width, height } }),
    likeness: likenessOf(found, ask),
    missing: ready.missing,
  };
  const pictures = [output.image?.picture, output.base?.picture, ...output.rows.map((r) => r.heat)];
  return { output, transfer: pictures.filter((p) => p !== undefined) };
}

/** The image and its base image are asked for first. */
const FIRST_HYBRID = 2;

interface Drawing {
  readonly ask: Ask;
  readonly size: GrowthAnswer["size"];
}

function rowsOf(found: readonly Watched[], { maps }: Prepared, { ask, size }: Drawing): Promise<readonly Growth[]> {
  return Promise.all(
    maps.map(async ({ name, map, signed }): Promise<Growth> => {
      const of = (metric: string): Watched => found.find((f) => f.map === name && f.metric === metric) as Watched;
      const [scg, ccg] = [of("scg"), of("ccg")];
      const clip = typeof map === "object" && "method" in map ? displayClip(map) : 0;
      const { image } = heatmap(scg.plane, { ...size, signed, clip, cmap: ask.cmap });
      return {
        map: name,
        heat: await thumbnail(image),
        scg: scg.values[ask.base] ?? NOTHING,
        ccg: ccg.values[ask.base] ?? NOTHING,
        counts: { ...scg.counts, ...ccg.counts },
      };
    }),
  );
}
const NOTHING = { excluded: "not measured" } as const;

/** Of single maps, not of what is looked at together. */
function likenessOf(found: readonly Watched[], { rho }: Ask): Likeness {
  const all = found.filter((f) => f.metric === "scg" && f.maps.length === 1 && f.plane.every(Number.isFinite));
  const masks = all.map((f) => topMask(f.plane, rho).mask);
  const table = (of: (i: number, j: number) => number) => all.map((_, i) => all.map((__, j) => of(i, j)));
  const overlap = table((i, j) => {
    const [a, b] = [masks[i] as Uint8Array, masks[j] as Uint8Array];
    const both = areaOf(intersection([a, b]));
    return both / (areaOf(a) + areaOf(b) - both);
  });
  const upper = all.map((a, i) => all.map((b, j) => (j > i ? spearman(a.plane, b.plane) : 1)));
  const rank = table((i, j) => upper[Math.min(i, j)]?.[Math.max(i, j)] ?? Number.NaN);
  return { names: all.map((f) => f.map), overlap, rank };
}
