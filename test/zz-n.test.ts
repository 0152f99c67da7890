import { it } from "vitest";
import { searchArtefacts } from "/work/main/src/fisher/artefacts/search.ts";
import { madeMaps } from "/work/main/test/fisher/artefacts/made-maps.ts";
it("n", () => {
  for (const count of [500, 1000, 2000, 3000]) {
    const { maps } = madeMaps({ count, share: 0.3, strength: 0.3, noise: 0.3 });
    const t = performance.now();
    const r = searchArtefacts(maps);
    console.log(count, Math.round(performance.now() - t), "ms", r.clusters.length, r.clusters[0]?.members.length, r.clusters[0]?.score, [...r.eigenvalues].map((v) => v.toFixed(3)).join(" "));
  }
}, 600000);
