import { it } from "vitest";
import { openFisher } from "../../src/jobs/fisher-open.ts";
import { explainFisher } from "../../src/jobs/fisher-explain.ts";
import type { FisherReport } from "../../src/jobs/fisher-options.ts";
import { namedPictures } from "../../src/jobs/representers-points.ts";
it("try", async () => {
  const open = await openFisher<FisherReport>("/tmp/fv/fv");
  for (const variant of ["epsilon", "plain", "absolute"] as const) {
    const t = performance.now();
    for await (const e of explainFisher(open, namedPictures(["/tmp/fv/data/test/bird/000007.png", "/tmp/fv/data/test/bird/000025.png"]).items(), { variant, shares: 3, top: 3, threads: 1, classes: "all" })) {
      console.log(e.id, [...e.scores], e.descriptors, e.notes, performance.now() - t);
      for (const c of e.classes) console.log(c.label, c.threshold, c.positive, c.checks, c.blocks, c.cells, c.shares?.deviation, c.shares?.support);
      console.log(JSON.stringify(e.classes[0]!.for), JSON.stringify(e.classes[0]!.shares));
    }
  }
}, 100000);
