/** @file Keeping the ledger: sums of what each node receives, passes on and loses, emitted beside the walk as one small output. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import type { Node } from "../graph/types.ts";
import type { Ledger } from "./ledger.ts";
import type { Account } from "./rule-site.ts";

const COLUMNS = ["received", "passed", "bias", "stabilizer", "dead"] as const;
type Column = (typeof COLUMNS)[number];

export interface Books {
  /** Open a node's account, before its rule runs. */
  readonly open: (node: Node, rule: string) => Account;
  readonly observe: (node: Node, received: readonly Value[], passed: readonly Value[]) => void;
  /** All sums as one value [N, nodes · 5]; rows of `like` are images. */
  readonly emit: (like: Value) => Value;
  /** One image's sums, read back. */
  readonly read: (sums: Float32Array) => Ledger;
}

interface Page {
  readonly node: Node;
  readonly rule: string;
  readonly sums: Record<Column, Value[]>;
}

export function keepBooks(g: GraphBuilder): Books {
  const pages: Page[] = [];
  const pageOf = (node: Node): Page => pages.findLast((p) => p.node === node) as Page;
  return {
    open: (node, rule) => {
      const sums: Page["sums"] = { received: [], passed: [], bias: [], stabilizer: [], dead: [] };
      const page: Page = { node, rule, sums };
      pages.push(page);
      const into = (column: Column) => (v: Value) => void page.sums[column].push(v);
      return { bias: into("bias"), stabilizer: into("stabilizer"), dead: into("dead") };
    },
    observe: (node, received, passed) => {
      const { sums } = pageOf(node);
      sums.received.push(...received);
      sums.passed.push(...passed);
    },
    emit: (like) => {
      const images = g.op("Shape", [like], { start: 0, end: 1 });
      const cells = pages.flatMap((p) => COLUMNS.map((c) => total(g, p.sums[c], images)));
      return g.op("Concat", cells, { axis: 1 });
    },
    read: (sums) =>
      pages.map(({ node, rule }, i) => {
        const [received = 0, passed = 0, bias = 0, stabilizer = 0, dead = 0] = sums.subarray(
          i * COLUMNS.length,
          (i + 1) * COLUMNS.length,
        );
        return { node: node.name, op: node.op, rule, received, passed, bias, stabilizer, dead };
      }),
  };
}

/** Sum over everything but the image: [N,1]. Values with a batch axis of 1 count for every image. */
function total(g: GraphBuilder, values: readonly Value[], images: Value): Value {
  const column = g.op("Concat", [images, g.ints([1])], { axis: 0 });
  const none = g.op("Expand", [g.scalar(0), column]);
  return values.reduce((sum, v) => {
    const rows = isSingle(v.dims) ? g.ints([1]) : images;
    const flat = g.op("Reshape", [v, g.op("Concat", [rows, g.ints([-1])], { axis: 0 })]);
    return g.op("Add", [sum, g.op("ReduceSum", [flat, g.ints([1])], { keepdims: 1 })]);
  }, none);
}

const isSingle = (dims: readonly Dim[] | undefined): boolean => dims?.[0] === 1;
