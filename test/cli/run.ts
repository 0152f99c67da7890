/** @file Running the built command as a user does, in a scratch folder. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Verb } from "../../cli/verb.ts";
import { OnnxplainError } from "../../src/errors.ts";

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

/** Code and message that a verb ends with, run in this process; `["", ""]` where it does not fail. */
export async function refused(verb: Verb, argv: readonly string[]): Promise<readonly [code: string, message: string]> {
  try {
    await verb.run(argv, { print: () => undefined, note: () => undefined });
    return ["", ""];
  } catch (error) {
    if (error instanceof OnnxplainError) return [error.code, error.message];
    throw error;
  }
}

/** What a verb prints, run in this process. */
export async function printed(verb: Verb, argv: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await verb.run(argv, { print: (line) => void lines.push(line), note: () => undefined });
  return lines.join("\n");
}
