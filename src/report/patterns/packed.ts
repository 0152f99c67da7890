/**
 * @file A scene as JSON for a page, and back: coordinates and certainties as 16-bit shares of the largest, in base64.
 *
 * A coordinate is off by at most its largest / 65,534, a certainty by 1 / 131,070: below a pixel, and below what is printed.
 */
import type { PatternContours, PatternGrids } from "./input.ts";
import type { Scene, SceneFrame, SceneLayer } from "./scene.ts";

interface PackedVectors {
  readonly most: number;
  readonly q: string;
}
interface PackedLayer {
  readonly name: string;
  readonly arrows: PackedVectors;
  readonly largest: string;
  readonly winners: string;
}
interface PackedFrame {
  readonly name: string;
  readonly means: readonly number[];
  readonly points: PackedVectors;
  readonly predicted: string;
  readonly posterior: string;
  readonly confidence: string;
  readonly layers: readonly PackedLayer[];
  readonly contours: { readonly ticks: readonly number[]; readonly values: string } | null;
}
export interface PackedScene extends Pick<Scene, "dimension" | "tau" | "grid" | "ids" | "categories"> {
  readonly labels: string;
  readonly shown: readonly number[];
  readonly frames: readonly PackedFrame[];
}

export function packedScene({ dimension, tau, grid, ids, categories, labels, shown, frames }: Scene): PackedScene {
  return {
    dimension,
    tau,
    grid,
    ids,
    categories: categories.map(({ name }) => ({ name })),
    labels: integers(labels),
    shown: Array.from(shown),
    frames: frames.map((f) => ({
      name: f.name,
      means: Array.from(f.means, (v) => Number(v.toFixed(5))),
      points: vectors(f.points),
      predicted: integers(f.predicted),
      posterior: integers(f.posterior),
      confidence: shares(f.confidence),
      layers: f.layers.map(({ name, grids: { arrows, largest, winners } }) => ({
        name,
        arrows: vectors(arrows),
        largest: shares(largest),
        winners: integers(winners),
      })),
      contours: f.contours === null ? null : { ticks: Array.from(f.contours.ticks), values: shares(f.contours.values) },
    })),
  };
}

export function unpackedScene(packed: PackedScene): Scene {
  return {
    ...packed,
    labels: integersFrom(packed.labels),
    shown: Int32Array.from(packed.shown),
    frames: packed.frames.map(
      (f): SceneFrame => ({
        name: f.name,
        means: Float32Array.from(f.means),
        points: vectorsFrom(f.points),
        predicted: integersFrom(f.predicted),
        posterior: integersFrom(f.posterior),
        confidence: sharesFrom(f.confidence),
        layers: f.layers.map(layerFrom),
        contours: f.contours === null ? null : contoursFrom(f.contours),
      }),
    ),
  };
}

const layerFrom = ({ name, arrows, largest, winners }: PackedLayer): SceneLayer => {
  const grids: PatternGrids = {
    arrows: vectorsFrom(arrows),
    largest: sharesFrom(largest),
    winners: integersFrom(winners),
  };
  return { name, grids };
};
const contoursFrom = ({ ticks, values }: NonNullable<PackedFrame["contours"]>): PatternContours => ({
  ticks: Float32Array.from(ticks),
  values: sharesFrom(values),
});

const LEVELS = 32_767;

function vectors(values: Float32Array): PackedVectors {
  const most = values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  const per = most > 0 ? LEVELS / most : 0;
  return { most, q: base64Of(new Uint8Array(Int16Array.from(values, (v) => Math.round(v * per)).buffer)) };
}
const vectorsFrom = ({ most, q }: PackedVectors): Float32Array =>
  Float32Array.from(new Int16Array(bytesOf(q).buffer), (v) => (v * most) / LEVELS);
const integers = (values: Int32Array): string => base64Of(new Uint8Array(Int16Array.from(values).buffer));
const integersFrom = (text: string): Int32Array => Int32Array.from(new Int16Array(bytesOf(text).buffer));
const shares = (values: Float32Array): string =>
  base64Of(new Uint8Array(Uint16Array.from(values, (v) => Math.round(SHARES * v)).buffer));
const sharesFrom = (text: string): Float32Array =>
  Float32Array.from(new Uint16Array(bytesOf(text).buffer), (v) => v / SHARES);
const SHARES = 65_535;

const CHUNK = 0x8000;
function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
