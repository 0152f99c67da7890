import { it } from "vitest";
import { bootstrapMeans } from "../../src/metrics/bootstrap.ts";
it("speed", () => {
  const s = Array.from({ length: 100 }, (_, k) => Float64Array.from({ length: 4900 + k }, (_, i) => Math.sin(i * k)));
  const t = performance.now(); const c = process.cpuUsage();
  bootstrapMeans(s, { seed: 1, resamples: 2000, level: 0.95 });
  console.log("WALL", performance.now() - t, "CPU", process.cpuUsage(c).user / 1000);
});
