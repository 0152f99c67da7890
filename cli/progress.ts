/** @file Progress with rate and time left, on a terminal, once something takes longer than a second. */
import type { Progress } from "../src/index.ts";

const AFTER_MS = 1000;
const EVERY_MS = 200;

/** A reporter for one task; `finish` clears the line. Says nothing when stderr is no terminal or the run is quiet. */
export function progressLine(
  label: string,
  quiet: boolean,
): { readonly onProgress: (p: Progress) => void; readonly finish: () => void } {
  const active = process.stderr.isTTY === true && !quiet;
  const began = performance.now();
  let last = 0;
  let shown = false;
  return {
    onProgress: ({ done, total }) => {
      const now = performance.now();
      if (!active || now - began < AFTER_MS || now - last < EVERY_MS) return;
      last = now;
      shown = true;
      const rate = done / ((now - began) / 1000);
      process.stderr.write(
        `\r\x1b[K${label}  ${done}/${total}  ${rate.toFixed(1)}/s  ${Math.ceil((total - done) / rate)} s left`,
      );
    },
    finish: () => {
      if (shown) process.stderr.write("\r\x1b[K");
    },
  };
}
