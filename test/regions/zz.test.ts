import { it } from "vitest";
import { close, extend } from "../../src/diff/emit.ts";
import { boundariesOf, sourceOf } from "../../src/regions/boundary.ts";
import { fitRegions } from "../../src/regions/fit.ts";
import { heatMap } from "../../src/regions/heat-map.ts";
import { type Pictures, pickedPictures, picturesInMemory } from "../../src/regions/pictures.ts";
import { openProjector, sidesOf } from "../../src/regions/projections.ts";
import { openRegions } from "../../src/regions/region.ts";
import { openStream } from "../../src/regions/stream.ts";
import { goldenCase, networkOf, picturesAt, SIZE } from "./golden.ts";

it("bench", { timeout: 600_000 }, async () => {
  for (const name of ["a_vgg", "d_resnet"]) {
    const { classifier, layer } = await networkOf(goldenCase(`ch4/${name}/setup`));
    const base = picturesAt(
      "train",
      Array.from({ length: 500 }, (_, i) => i),
    );
    const rows = await pickedPictures(
      base,
      Array.from({ length: 500 }, (_, i) => i),
    );
    const many = (n: number): Pictures => ({
      count: n,
      width: base.width,
      blocks: async function* (size) {
        let at = 0;
        while (at < n) {
          for await (const b of rows.blocks(size)) {
            const c = Math.min(b.count, n - at);
            if (c <= 0) return;
            yield { first: at, count: c, rows: b.rows.subarray(0, c * base.width) };
            at += c;
          }
        }
      },
      at: async (p) => {
        const r = await pickedPictures(
          rows,
          Array.from(p, (i) => i % 500),
        );
        for await (const b of r.blocks(p.length)) return b.rows;
        throw 0;
      },
    });
    const O = { threads: 1 };
    const g = extend(classifier.model, classifier.ops);
    const fwd = await openStream(
      sourceOf(classifier, close(classifier.model, g, [g.alias(g.value(classifier.scores), "out")])),
      O,
    );
    const projector = await openProjector(classifier, layer, O);
    const timed = async (f: () => Promise<unknown>) => {
      const t = performance.now();
      await f();
      return performance.now() - t;
    };
    const q = await pickedPictures(
      rows,
      Array.from({ length: 50 }, (_, i) => i),
    );
    const bounds = await boundariesOf(classifier, layer, q, O);
    const best: Record<string, number> = {};
    for (let k = 0; k < 3; k++) {
      const t = {
        fwd: await timed(() => fwd.each(many(4000), ["out"], () => {})),
        project: await timed(() => projector.project(many(4000), bounds)),
        q: await timed(() => boundariesOf(classifier, layer, q, O)),
        fit: await timed(() => fitRegions(classifier, layer, many(4000), O)),
      };
      for (const [n, v] of Object.entries(t)) best[n] = Math.min(best[n] ?? 1e9, v);
    }
    console.log(name, best, "project/fwd", best.project / best.fwd, "fit/fwd+q", best.fit / (best.fwd + best.q));
    for (const n of [500]) {
      await fitRegions(classifier, layer, many(n), O);
      (globalThis as any).gc?.();
      console.log(n, "rss MB", process.memoryUsage().rss / 1e6, "max", process.resourceUsage().maxRSS / 1e3);
    }
    const fit = await fitRegions(classifier, layer, many(5000), O);
    const reader = await openRegions(classifier, layer, fit, O);
    const one = await pickedPictures(rows, [0]);
    let x = new Float32Array(0);
    for await (const b of one.blocks(1)) x = b.rows;
    let region = await reader.region(x);
    console.log(
      "region ms",
      await timed(async () => {
        region = await reader.region(x);
      }),
      "P",
      region.order.length,
    );
    const ten = await projector.features(await pickedPictures(rows, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    console.log(
      "10 heat maps ms",
      await timed(async () => {
        for (let i = 0; i < 10; i++)
          heatMap(ten.psi.subarray(i * fit.boundaries.width, (i + 1) * fit.boundaries.width), region.weights, {
            layer,
            size: SIZE,
          });
      }),
    );
    await fwd.dispose();
    await projector.dispose();
    await reader.dispose();
  }
});
