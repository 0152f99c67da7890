/** @file The evidence bundle: arrays, pictures and, last, the manifest, as named files. */
import type { Explanation } from "../explain.ts";
import { writeNpy } from "../formats/npy.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { encodePng } from "../image/png.ts";
import { type ManifestContext, manifestOf, sortedJson } from "./manifest.ts";
import { heatmapPicture, overlayPicture, type PictureOptions, planeOf, upsampled } from "./picture.ts";

/** Files in the order in which they must be written: the manifest closes the bundle. */
export type Bundle = ReadonlyMap<string, Uint8Array>;

/** Everything about one explanation. */
export async function bundleOf(
  explanation: Explanation,
  context: Omit<ManifestContext, "artifacts">,
  options: PictureOptions = {},
): Promise<Bundle> {
  const files = new Map<string, Uint8Array>();
  files.set("map.npy", mapNpy(explanation));
  files.set("scores.npy", scoresNpy(explanation));
  const count = explanation.targets.length;
  for (let index = 0; index < count; index++) {
    const name = count === 1 ? "" : `-${index}`;
    files.set(`heatmap${name}.png`, await encodePng(heatmapPicture(explanation, { ...options, index })));
    files.set(`overlay${name}.png`, await encodePng(overlayPicture(explanation, { ...options, index })));
  }
  if (explanation.picture) files.set("input.png", await encodePng(explanation.picture));
  const artifacts = Object.fromEntries([...files.keys()].map((name) => [name.replace(/\.\w+$/, ""), name]));
  files.set(
    "manifest.json",
    new TextEncoder().encode(sortedJson(await manifestOf(explanation, { ...context, artifacts }))),
  );
  return files;
}

/** Raw signed values at the method's own resolution. */
export const mapNpy = ({ dims, values }: Explanation): Uint8Array => writeNpy({ dims, data: values });

/** The map at the size of the network's input, [N,h,w]; channels summed. */
export function upsampledNpy(
  explanation: Explanation,
  size: { readonly width: number; readonly height: number },
): Uint8Array {
  const count = explanation.dims[0] as number;
  const data = new Float32Array(count * size.width * size.height);
  for (let i = 0; i < count; i++)
    data.set(upsampled(planeOf(explanation, i), size).values, i * size.width * size.height);
  return writeNpy({ dims: [count, size.height, size.width], data });
}

const scoresNpy = ({ scores }: Explanation): Uint8Array =>
  writeNpy({
    dims: [scores.length, scores[0]?.length ?? 0],
    data: Float32Array.from(scores.flatMap((s) => Array.from(s))),
  });

/** Map and scores, by name. */
export const mapTensors = ({ dims, values, scores }: Explanation): Parameters<typeof writeSafetensors>[0] => ({
  map: { dims, data: values },
  scores: {
    dims: [scores.length, scores[0]?.length ?? 0],
    data: Float32Array.from(scores.flatMap((s) => Array.from(s))),
  },
});

/** Map and scores in one file, with method and target as metadata. */
export const mapSafetensors = (explanation: Explanation): Uint8Array =>
  writeSafetensors(mapTensors(explanation), {
    method: explanation.method,
    targets: explanation.targets.map((t) => t.index).join(","),
  });
