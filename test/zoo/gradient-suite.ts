/** @file The tests of a list of the zoo's networks, and the table of their worst errors. */
import { afterAll, describe, expect, it } from "vitest";
import { GRAPH_METHODS, type MethodError, methodError, slopeError } from "./measure.ts";
import { specimen } from "./specimen.ts";

/** Of max |float64|. */
const MOST = 1e-3;
/** Central differences in float64 against a graph whose folded weights are rounded to float32. */
const MOST_SLOPE = 1e-5;

export function gradientSuite(title: string, names: readonly string[]): void {
  const rows: string[] = [];

  describe(title, () => {
    it.each(names)(
      "%s: the gradient is the slope, and every method is in float32 what it is in float64",
      async (name) => {
        const of = await specimen(name);
        await using _ = of.model;
        const slope = slopeError(of);
        expect(slope, "gradient against central differences").toBeLessThanOrEqual(MOST_SLOPE);
        const errors: MethodError[] = [];
        for (const method of GRAPH_METHODS) {
          const found = await methodError(of, method);
          if (found === undefined) continue;
          errors.push(found);
          if (found.signed) expect(found.top, `${found.method}: the map is not zero everywhere`).toBeGreaterThan(0);
          expect.soft(found.error, `${found.method} against float64`).toBeLessThanOrEqual(MOST);
        }
        rows.push(row(name, of.seeds, slope, errors));
      },
    );
    afterAll(() => console.log([HEAD, ...rows].join("\n")));
  });
}

const columns = (cells: readonly (string | number)[]): string =>
  cells.map((c, i) => String(c).padEnd([20, 7, 10, 10, 10][i] ?? 0)).join("");

const HEAD = columns([
  "network",
  "seeds",
  "slope",
  "gradient",
  "worst",
  "method; methods compared, zero everywhere, not applicable",
]);

function row(name: string, seeds: number, slope: number, errors: readonly MethodError[]): string {
  const [worst] = errors.toSorted((a, b) => b.error - a.error) as [MethodError];
  const gradient = errors.find((e) => e.method === "gradient")?.error ?? Number.NaN;
  const zero = errors.filter((e) => e.top === 0).length;
  const counts = `${worst.method}; ${errors.length}, ${zero}, ${GRAPH_METHODS.length - errors.length}`;
  return columns([name, seeds, ...[slope, gradient, worst.error].map((e) => e.toExponential(1)), counts]);
}
