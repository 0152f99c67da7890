/** @file The op cases, forward and vjp, on onnxruntime-web against the float64 interpreter, all in one page. */
import { describe, expect, it } from "vitest";
import type { CaseRange, CaseReport } from "./op-cases.ts";
import type { World } from "./world.ts";

/** Cases in one round trip. */
const CHUNK = 50;

async function runAll({ tab }: World, which: Pick<CaseRange, "device" | "which">): Promise<readonly CaseReport[]> {
  const reports: CaseReport[] = [];
  for (let from = 0; ; from += CHUNK) {
    const range = { ...which, from, to: from + CHUNK };
    const chunk = await tab.evaluate((r) => window.page.runCases(r), range);
    if (chunk.length === 0) return reports;
    reports.push(...chunk);
  }
}

export function opsSuite(world: World | undefined): void {
  const few = process.env.BROWSER_OPS === "first";
  const runs = [
    { device: "wasm", which: "all" },
    { device: "webgpu", which: few ? "first" : "all" },
  ] as const;
  describe.skipIf(!world)("op cases in a page", () => {
    for (const run of runs) {
      const title = `${run.which === "all" ? "all" : "the first of each op"}, on ${run.device}`;
      it.skipIf(run.device === "webgpu" && !world?.gpu)(title, { timeout: 900_000 }, async () => {
        const began = performance.now();
        const reports = await runAll(world as World, run);
        const ran = reports.filter((r) => r.skipped === undefined);
        const skipped = new Map(
          reports.flatMap((r) => (r.skipped ? [[`${r.op}: ${r.name}`, r.skipped] as const] : [])),
        );
        const worst = ran.reduce((a, b) => (b.error / b.tol > a.error / a.tol ? b : a));
        const seconds = ((performance.now() - began) / 1000).toFixed(0);
        console.log(
          `browser: op cases on ${run.device}: ${ran.length} graphs in ${seconds} s, worst ${worst.op} "${worst.name}" ${worst.what} at ${(worst.error / worst.tol).toFixed(2)} of its tolerance; ${skipped.size} cases left out`,
          [...skipped].map(([name, why]) => `\n  ${name}: ${why}`).join(""),
        );
        const wrong = ran.filter((r) => r.refused !== undefined || r.error > r.tol);
        expect(wrong.map((r) => `${r.op} "${r.name}" ${r.what}: ${r.refused ?? r.error}`)).toEqual([]);
      });
    }
  });
}
