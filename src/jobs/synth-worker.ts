/** @file A thread that draws: asked for a range of pictures, it writes them and answers with their lines of the manifest. */
import { parentPort, workerData } from "node:worker_threads";
import type { SynthSettings } from "../data/synth/settings.ts";
import { writePicture } from "./synth-files.ts";

const { folder, settings } = workerData as { readonly folder: string; readonly settings: SynthSettings };

parentPort?.on("message", async ({ from, to }: { readonly from: number; readonly to: number }) => {
  try {
    const rows = [];
    for (let i = from; i < to; i++) rows.push(await writePicture(folder, settings, i));
    parentPort?.postMessage({ from, rows });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    parentPort?.postMessage({ failed: code ?? message });
  }
});
