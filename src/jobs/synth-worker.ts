/** @file A thread that draws: asked for a range of pictures, it answers with their files and lines of the manifest. */
import { parentPort, workerData } from "node:worker_threads";
import type { SynthSettings } from "../data/synth/settings.ts";
import { type PictureFiles, pictureFiles } from "./synth-files.ts";

const { settings } = workerData as { readonly settings: SynthSettings };

parentPort?.on("message", async ({ from, to }: { readonly from: number; readonly to: number }) => {
  const pictures: PictureFiles[] = [];
  for (let i = from; i < to; i++) pictures.push(await pictureFiles(settings, i));
  const buffers = pictures.flatMap((p) => p.files.map(([, bytes]) => bytes.buffer));
  parentPort?.postMessage({ from, pictures }, buffers);
});
