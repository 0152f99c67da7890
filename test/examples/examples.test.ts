/** @file Every example runs, as built. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const examples = readdirSync(`${root}/examples`).filter((f) => f.endsWith(".ts"));

it.each(examples)("%s", (file) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`dist/examples/${file.replace(/\.ts$/, ".js")}`], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout.trim()).not.toBe("");
});
