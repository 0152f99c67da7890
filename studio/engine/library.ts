/** @file What is fetched when something is taken away: writers of reports, bundles and graphs, and the zip around them. */
import { zipSync } from "fflate";
import type { Bundle } from "../../src/index.ts";

export {
  bundleOfMany,
  compile,
  encodePng,
  explainAll,
  explanationSheet,
  htmlReport,
  manySafetensors,
} from "../../src/index.ts";

/** PNG files are compressed already. */
export const zipped = (bundle: Bundle): Uint8Array =>
  zipSync(
    Object.fromEntries([...bundle].map(([name, bytes]) => [name, [bytes, { level: /\.png$/.test(name) ? 0 : 6 }]])),
  );
