/** @file docs/bench.md from a recorded run: tables are made, never written. */
import type { BenchResult } from "../src/index.ts";

export interface BenchRecord {
  readonly commit: string;
  readonly date: string;
  readonly version: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGiB: number };
  readonly node: string;
  readonly results: readonly BenchResult[];
}

function rows(result: BenchResult): readonly string[] {
  const { forward } = result;
  const head = `| ${result.network} | forward | ${forward.minMs.toFixed(1)} | ${forward.medianMs.toFixed(1)} | 1 | 1 | ${forward.nodes} | | | |`;
  const own = result.rows.map((r) =>
    r.refused
      ? `| | ${r.method} | refused: ${r.refused.replaceAll("|", "\\|").slice(0, 80)} | | | | | | | |`
      : `| | ${r.method} | ${r.minMs.toFixed(1)} | ${r.medianMs.toFixed(1)} | **${r.ratio.toFixed(2)}** | ${r.passes} | ${r.nodes} | ${r.compileMs.toFixed(0)} | ${r.sessionMs.toFixed(0)} | ${(r.memoryBytes / 2 ** 20).toFixed(0)} |`,
  );
  return [head, ...own];
}

export function tablePage(record: BenchRecord): string {
  const { machine } = record;
  return [
    "# Speed",
    "",
    "One image, one pass of each method's graph, beside a forward pass of the same network in the same run (in turn; the minimum of",
    `at least ${record.results[0]?.runs ?? 0} each). **Ratio** is the figure to quote; a method costs *passes* such passes. Made by \`npm run bench\` at ${record.commit}, ${record.date}:`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${record.node}, ${record.results[0]?.threads ?? "default"} threads, device ${record.results[0]?.device ?? "cpu"}.`,
    "",
    "| network | method | min ms | median ms | ratio | passes | nodes | compile ms | session ms | memory MiB |",
    "|---|---|---|---|---|---|---|---|---|---|",
    ...record.results.flatMap(rows),
    "",
  ].join("\n");
}
