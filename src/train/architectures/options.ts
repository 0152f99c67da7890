/** @file What an architecture can be asked for, and how many channels a width factor makes. */
import { OnnxplainError } from "../../errors.ts";
import type { ArchitectureOptions } from "../architecture.ts";

/** Wider is a mistake more often than a wish: weights grow with the square. */
const WIDEST = 16;
/** More elements than this in one picture is a mistake too (a picture of 4096 x 4096 in three channels has fewer). */
const LARGEST_INPUT = 2 ** 26;

const positiveInteger = (v: number): boolean => Number.isSafeInteger(v) && v > 0;

interface Check {
  readonly name: keyof ArchitectureOptions;
  readonly expected: string;
  readonly holds: (options: ArchitectureOptions, smallest: number) => boolean;
}

const CHECKS: readonly Check[] = [
  ...(["classes", "channels", "height", "width"] as const).map((name) => ({
    name,
    expected: "a positive integer",
    holds: (o: ArchitectureOptions) => positiveInteger(o[name]),
  })),
  { name: "seed", expected: "an integer", holds: (o) => Number.isSafeInteger(o.seed) },
  {
    name: "widthFactor",
    expected: `a number greater than 0, at most ${WIDEST}`,
    holds: ({ widthFactor: f = 1 }) => f > 0 && f <= WIDEST,
  },
  {
    name: "width",
    expected: `a size at which a picture has at most ${LARGEST_INPUT} elements`,
    holds: (o) => o.channels * o.height * o.width <= LARGEST_INPUT,
  },
];

/** Throws `E_PARAM` for the first option that is out of range, and for pictures with a side under `smallest`. */
export function checkOptions(id: string, smallest: number, options: ArchitectureOptions): void {
  const wrong = CHECKS.find((c) => !c.holds(options, smallest));
  if (wrong !== undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `Architecture \`${id}\`: expected \`${wrong.name}\` to be ${wrong.expected}, got ${options[wrong.name]}.`,
    );
  const { height, width } = options;
  if (Math.min(height, width) < smallest)
    throw new OnnxplainError(
      "E_PARAM",
      `Architecture \`${id}\` takes pictures of at least ${smallest} pixels a side, got ${height}x${width} (height x width): nothing would be left after its pools. Enlarge the pictures.`,
    );
}

/** `channels * factor`, as the nearest multiple of `unit` that is not 0. */
export const widened = (channels: number, factor: number, unit: number): number =>
  unit * Math.max(1, Math.round((channels * factor) / unit));
