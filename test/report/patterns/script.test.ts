/** @file The bundled script of the page is what its sources say (`npm run pages` makes it again), and small. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { patternsScript, SCRIPT_FILE } from "../../../tools/patterns-script.ts";

const file = join(fileURLToPath(new URL("../../..", import.meta.url)), SCRIPT_FILE);

it("is the bundle of its sources", async () => {
  const text = await patternsScript();
  if (process.env.UPDATE_PAGES) writeFileSync(file, text);
  expect(readFileSync(file, "utf8") === text, `${SCRIPT_FILE} is stale: npm run pages`).toBe(true);
  console.log(`script of the patterns page: ${(text.length / 1024).toFixed(1)} KB`);
  expect(text.length).toBeLessThan(48 * 1024);
});
