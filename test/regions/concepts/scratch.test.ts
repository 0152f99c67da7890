import { test } from "vitest";
import { conceptsVerb } from "../../../cli/concepts.ts";
test("run", async () => {
  const t = performance.now();
  await conceptsVerb.run(JSON.parse(process.env.ARGS as string), { print: (s) => console.log(s), note: (s) => console.log("note", s) });
  console.log((performance.now() - t) / 1000, "s", process.memoryUsage().rss / 1e6);
}, 600000);
