/** @file Classes, numbers and preprocessing in words. */
import type { Preprocessing } from "../../src/index.ts";
import type { ModelFacts } from "../engine/calls/model.ts";

export const classLabel = (model: ModelFacts | undefined, index: number): string =>
  model?.labels?.[index] ?? `class ${index}`;

/** `golden retriever (207)`, or `class 207`. */
export const className = (model: ModelFacts | undefined, index: number): string =>
  model?.labels?.[index] === undefined ? `class ${index}` : `${model.labels[index]} (${index})`;

/** Significant digits, without an exponent where that stays short. */
export function significant(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const short = Number(value.toPrecision(digits));
  const size = Math.abs(short);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? short.toExponential().replace("e+", "e") : String(short);
}

export const percent = (share: number): string =>
  share > 0 && share < 0.0005 ? "< 0.1 %" : `${(share * 100).toFixed(1)} %`;

export const bytesText = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

export const timeText = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

const numbersText = (values: readonly number[]): string => values.map((v) => significant(v, 4)).join(" ");

const SCALES: readonly (readonly [scale: number, words: string])[] = [
  [1 / 255, "0…1"],
  [1, "0…255"],
  [1 / 127.5, "0…2"],
];
export const rangeText = (scale: number): string =>
  SCALES.find(([s]) => Math.abs(s - scale) < 1e-12)?.[1] ?? `times ${significant(scale)}`;

/** `shorter side to 256 (bilinear), cropped to 224 × 224, RGB in 0…1, mean 0.485 0.456 0.406, std …` */
export function preprocessingText({ resize, crop, resample, channelOrder, scale, mean, std }: Preprocessing): string {
  const sized = resize
    ? "shorterSide" in resize
      ? `shorter side to ${resize.shorterSide} (${resample})`
      : `resized to ${resize.width} × ${resize.height} (${resample})`
    : "not resized";
  const plain = mean.every((v) => v === 0) && std.every((v) => v === 1);
  return [
    sized,
    ...(crop ? [`cropped to ${crop.width} × ${crop.height}`] : []),
    `${channelOrder === "GRAY" ? "grey" : channelOrder} in ${rangeText(scale)}`,
    ...(plain ? [] : [`mean ${numbersText(mean)}`, `std ${numbersText(std)}`]),
  ].join(", ");
}

/** What is read of a target as `--target` takes it: an index, the prediction, or a contrast of two indices. */
export const contrastOf = (target: string): readonly [number, number] | undefined => {
  const [, a, b] = /^(\d+)-(\d+)$/.exec(target) ?? [];
  return a === undefined || b === undefined ? undefined : [Number(a), Number(b)];
};

export function targetText(model: ModelFacts | undefined, target: string, predicted: number | undefined): string {
  const contrast = contrastOf(target);
  if (contrast) return `${className(model, contrast[0])} against ${className(model, contrast[1])}`;
  if (target === "predicted") return predicted === undefined ? "The prediction" : className(model, predicted);
  return /^\d+$/.test(target) ? className(model, Number(target)) : target;
}
