/** @file What grows: knowledge points, ratios, strengths and agreement over frames and over layers, as line plots. */
import type { TitledPlot } from "../html/parts.ts";
import type { Line } from "../plot/lines.ts";
import type { PatternFrame, PatternKnowledge, PatternsPage } from "./input.ts";

export interface NamedPlot extends TitledPlot {
  readonly id: string;
}

const COLOURS = 6;
const style = (i: number): string => `c${i % COLOURS}`;

/** Layers by place: by name where no two frames call one otherwise, else all by number. */
export function layerNames({ frames }: Pick<PatternsPage, "frames">): readonly string[] {
  const names = Array.from({ length: Math.max(0, ...frames.map((f) => f.layers.length)) }, (_, l) => [
    ...new Set(frames.flatMap((f) => f.layers[l]?.name ?? [])),
  ]);
  const alike = names.every((n) => n.length === 1);
  return names.map(([name = ""], l) => (alike ? name : `layer ${l + 1}`));
}

/** Names of frames without the folders that all of them begin with. */
function shortNames(frames: readonly Pick<PatternFrame, "name">[]): readonly string[] {
  const [first = "", ...others] = frames.map((f) => f.name);
  const same = [...first].findIndex((letter, i) => others.some((name) => name[i] !== letter));
  const folder = first.slice(0, same < 0 ? first.length : same).lastIndexOf("/") + 1;
  return [first, ...others].map((name) => name.slice(folder));
}

/** The knowledge points of a layer at the threshold of the page. */
export const knowledgeAt = (
  frame: PatternFrame | undefined,
  layer: number,
  tau: number,
): PatternKnowledge | undefined => frame?.layers[layer]?.knowledge.find((k) => k.tau === tau) ?? undefined;

/** Places of frames on the x axis: epochs where all frames have one and they rise, else 1, 2, … */
export function frameAxis(frames: readonly PatternFrame[]): { readonly label: string; readonly at: readonly number[] } {
  const epochs = frames.map((f) => f.epoch);
  const rising = epochs.every((e, i) => e !== null && (i === 0 || e > (epochs[i - 1] as number)));
  return rising
    ? { label: "epoch", at: epochs as readonly number[] }
    : { label: "frame", at: frames.map((_, i) => i + 1) };
}

/** One line a layer, a value a frame; frames without a value are left out. */
const overFrames = (page: PatternsPage, pick: (k: PatternKnowledge) => number | null): readonly Line[] => {
  const { at } = frameAxis(page.frames);
  return layerNames(page).map((label, layer) => {
    const known = page.frames.flatMap((frame, f) => {
      const knowledge = knowledgeAt(frame, layer, page.tau);
      const value = knowledge === undefined ? null : pick(knowledge);
      return value === null ? [] : [{ value, x: at[f] as number }];
    });
    return { label, style: style(layer), values: known.map((k) => k.value), at: known.map((k) => k.x) };
  });
};

const MOST_LINES = 5;
/** One line a frame, a value a layer; of many frames some, evenly. */
const overLayers = (page: PatternsPage, pick: (k: PatternKnowledge) => number | null): readonly Line[] => {
  const last = page.frames.length - 1;
  const count = Math.min(MOST_LINES, page.frames.length);
  const places = [...new Set(Array.from({ length: count }, (_, i) => Math.round((i * last) / Math.max(count - 1, 1))))];
  const names = shortNames(page.frames);
  return places.map((f, i) => {
    const frame = page.frames[f] as PatternFrame;
    const known = frame.layers.flatMap((_, layer) => {
      const knowledge = knowledgeAt(frame, layer, page.tau);
      const value = knowledge === undefined ? null : pick(knowledge);
      return value === null ? [] : [{ value, x: layer + 1 }];
    });
    return { label: names[f] as string, style: style(i), values: known.map((k) => k.value), at: known.map((k) => k.x) };
  });
};

const ofFrames = (page: PatternsPage, label: string, place: number, pick: (f: PatternFrame) => number | null): Line => {
  const { at } = frameAxis(page.frames);
  const known = page.frames.flatMap((frame, f) => {
    const value = pick(frame);
    return value === null ? [] : [{ value, x: at[f] as number }];
  });
  return { label, style: style(place), values: known.map((k) => k.value), at: known.map((k) => k.x) };
};

/** Every plot that has at least two values on one of its lines. */
export function growthPlots(page: PatternsPage): readonly NamedPlot[] {
  const axis = frameAxis(page.frames);
  const xEnd = axis.at.at(-1) ?? 1;
  const layers = layerNames(page).length;
  const frames = (plot: Omit<NamedPlot, "xLabel" | "xEnd" | "what">): NamedPlot => ({
    ...plot,
    xLabel: axis.label,
    xEnd,
    what: `${plot.title} by ${axis.label}`,
  });
  const deep = (plot: Omit<NamedPlot, "xLabel" | "xEnd" | "what">): NamedPlot => ({
    ...plot,
    xLabel: "layer, shallow to deep",
    xEnd: layers,
    whole: true,
    what: `${plot.title} by layer`,
  });
  const points = `mean over pictures of regions with max p > ${page.tau}, of ${page.grid[0] * page.grid[1]}`;
  const reliable = "share of knowledge points that speak for the label";
  const plots = [
    frames({
      id: "knowledge-frames",
      title: "Knowledge points",
      about: points,
      lines: overFrames(page, (k) => k.count),
    }),
    deep({
      id: "knowledge-layers",
      title: "Knowledge points over layers",
      about: points,
      lines: overLayers(page, (k) => k.count),
    }),
    frames({ id: "ratio-frames", title: "Reliable ratio", about: reliable, lines: overFrames(page, (k) => k.ratio) }),
    deep({
      id: "ratio-layers",
      title: "Reliable ratio over layers",
      about: reliable,
      lines: overLayers(page, (k) => k.ratio),
    }),
    frames({
      id: "strength",
      title: "Strength",
      about: "mean length |g| of the sample features",
      lines: [ofFrames(page, "mean |g|", 0, (f) => f.strength)],
    }),
    frames({
      id: "agreement",
      title: "Agreement and accuracy",
      about: "shares of pictures",
      lines: [
        ofFrames(page, "mixture = network", 0, (f) => f.agreement),
        ofFrames(page, "mixture = label", 1, (f) => f.accuracy),
        ofFrames(page, "network = label", 2, (f) => f.networkAccuracy),
      ].filter((l) => l.values.length > 0),
    }),
  ];
  return plots.filter((p) => p.lines.some((l) => l.values.length > 1));
}

/** How the fits went, round by round: one line a frame. */
export function fitPlots({ frames }: PatternsPage): readonly NamedPlot[] {
  const last = frames.length - 1;
  const rounds = Math.max(1, ...frames.map((f) => f.curve.kl.length - 1));
  const lines = (pick: (f: PatternFrame) => readonly number[]): readonly Line[] =>
    frames.map((f, i) => ({
      label: f.name,
      values: pick(f),
      at: pick(f).map((_, r) => r),
      style: frames.length <= COLOURS || i === 0 || i === last ? style(i === last ? Math.min(last, 1) : i) : "faint",
    }));
  const plot = (id: string, title: string, about: string, pick: (f: PatternFrame) => readonly number[]): NamedPlot => ({
    id,
    title,
    about,
    lines: lines(pick),
    xLabel: "round",
    xEnd: rounds,
    what: `${title} by round of the fit`,
  });
  return [
    plot("kl", "Divergence of samples", "mean KL(P || Q) in nats; the best round is kept", (f) => f.curve.kl),
    plot("likelihood", "Log likelihood", "mean over samples, in nats", (f) => f.curve.second),
  ].filter((p) => p.lines.some((l) => l.values.length > 1));
}
