/** @file Running the built command as a user does, in a scratch folder. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `onnxplain …args`. Needs `npm run build` (which `npm test` does first). */
export function onnxplain(...args: readonly string[]): Outcome {
  if (!existsSync(MAIN)) throw new Error("dist/cli/main.js is missing: run `npm run build` first");
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return { code: status, out: stdout, err: stderr };
}

export const scratch = (): string => mkdtempSync(join(tmpdir(), "onnxplain-"));
