/** @file Where the layout puts things: nothing overlaps, links run down, frames hold what they should; and its pace. */
import { describe, expect, it } from "vitest";
import type { GraphView } from "../../../src/graph-view/view.ts";
import { graphView } from "../../../src/graph-view/view.ts";
import { placer } from "../../../studio/graph/layout.ts";
import type { Placed, PlacedItem } from "../../../studio/graph/placed.ts";
import { bottleneckNet, loaded, RESNET50 } from "../../graph-view/networks.ts";

const all = (view: GraphView): readonly string[] => view.groups.map((g) => g.id);
const resnet50 = graphView(await loaded(bottleneckNet(RESNET50)));

const overlap = (a: PlacedItem, b: PlacedItem): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const holds = (a: PlacedItem, b: PlacedItem): boolean =>
  a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height;

function expectTidy(view: GraphView, placed: Placed): void {
  const boxes = placed.items.filter((i) => !i.open);
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) expect(overlap(a, b), `${a.id} over ${b.id}`).toBe(false);
  });
  const at = new Map(placed.items.map((i) => [i.id, i]));
  for (const { id, parent } of [...view.groups, ...view.nodes.map((n) => ({ id: n.id, parent: n.group }))]) {
    const [inner, outer] = [at.get(id), at.get(parent ?? "")];
    if (inner && outer?.open) expect(holds(outer, inner), `${outer.id} holds ${inner.id}`).toBe(true);
  }
  for (const [from, to] of placed.links) {
    const [a, b] = [at.get(from) as PlacedItem, at.get(to) as PlacedItem];
    expect(a.y + a.height, `${from} above ${to}`).toBeLessThan(b.y);
  }
  for (const i of placed.items) {
    expect(i.x).toBeGreaterThanOrEqual(0);
    expect(i.x + i.width).toBeLessThanOrEqual(placed.width);
    expect(i.y + i.height).toBeLessThanOrEqual(placed.height);
  }
}

describe("the layout", () => {
  it("shows one box a group while all are shut", () => {
    const placed = placer(resnet50)([]);
    expectTidy(resnet50, placed);
    const shown = placed.items.map((i) => i.id);
    const outermost = [
      ...resnet50.groups.filter((g) => g.parent === null),
      ...resnet50.nodes.filter((n) => n.group === null),
    ];
    expect(shown.toSorted()).toEqual(outermost.map((x) => x.id).toSorted());
  });

  it("shows every node inside its frames while all are open", () => {
    const placed = placer(resnet50)(all(resnet50));
    expectTidy(resnet50, placed);
    expect(placed.items).toHaveLength(resnet50.nodes.length + resnet50.groups.length);
    expect(placed.links).toHaveLength(resnet50.edges.length);
    expect(placed.edges.every((e) => /^M[-\d. ]+([VC][-\d. ]+)+$/.test(e.path))).toBe(true);
  });

  it("is tidy with any one group open, and depends on what is open alone", () => {
    const place = placer(resnet50);
    for (const id of all(resnet50)) expectTidy(resnet50, place([id]));
    expect(place(["g0"])).toEqual(placer(resnet50)(["g0"]));
    expect(place(["no such group"])).toEqual(place([]));
  });

  it("keeps the pace: ResNet-50 shut within 10 ms, fully open within 150 ms", () => {
    const time = (open: readonly string[]): number => {
      const began = performance.now();
      placer(resnet50)(open);
      return performance.now() - began;
    };
    const best = (open: readonly string[]): number => Math.min(...Array.from({ length: 5 }, () => time(open)));
    const [first, shut, wide] = [time(all(resnet50)), best([]), best(all(resnet50))];
    console.log(
      `layout of ResNet-50: shut ${shut.toFixed(1)} ms, open ${wide.toFixed(1)} ms, first ${first.toFixed(1)} ms`,
    );
    expect(shut).toBeLessThan(10);
    expect(wide).toBeLessThan(150);
  });
});
