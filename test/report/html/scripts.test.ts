/** @file The bundled scripts of pages are what their sources say (`npm run pages` makes them again), and small. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BEHAVIOUR_NAMES, type Behaviour, scriptOf } from "../../../src/report/html/behaviours.ts";
import { pageScript, scriptFile, scriptModule } from "../../../tools/page-scripts.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Bytes; what is not named here gets 4 kB. */
const MOST: Readonly<Partial<Record<Behaviour, number>>> = { patterns: 48 * 1024 };
const FEW = 4 * 1024;

describe.each(BEHAVIOUR_NAMES)("the script of %s", (name) => {
  it("is the bundle of its sources", async () => {
    const script = await pageScript(name);
    const [file, text] = [join(root, scriptFile(name)), scriptModule(name, script)];
    if (process.env.UPDATE_PAGES) writeFileSync(file, text);
    expect(readFileSync(file, "utf8") === text, `${scriptFile(name)} is stale: npm run pages`).toBe(true);
    console.log(`script of ${name}: ${(script.length / 1024).toFixed(1)} KB`);
    expect(script.length).toBeGreaterThan(100);
    expect(script.length).toBeLessThan(MOST[name] ?? FEW);
  });
});

it("no script is left over", () => {
  expect(readdirSync(join(root, "src/report/html/scripts")).sort()).toEqual(
    [...BEHAVIOUR_NAMES].map((name) => `${name}.ts`).sort(),
  );
});

it("a page carries each of its behaviours once, and no other", async () => {
  const [sort, classes] = [await scriptOf(["sort"]), await scriptOf(["classes"])];
  expect(await scriptOf(["sort", "classes", "sort"])).toBe(`${sort}\n${classes}`);
  expect(await scriptOf([])).toBe("");
});
