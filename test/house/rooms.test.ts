/** @file The walls stand: no import goes against an arrow of tools/rooms.ts. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { wrongImports } from "../../tools/rooms.ts";

it("no room imports what it must not know", () => {
  expect(wrongImports(fileURLToPath(new URL("../..", import.meta.url)))).toEqual([]);
});

it("the check sees a wrong import", () => {
  const root = mkdtempSync(join(tmpdir(), "rooms-"));
  mkdirSync(join(root, "src/graph"), { recursive: true });
  writeFileSync(join(root, "src/graph/a.ts"), 'import { x } from "../ops/conv.ts";\nimport "node:fs";\n');
  expect(wrongImports(root)).toEqual([
    "src/graph/a.ts imports ../ops/conv.ts: graph must not know ops",
    "src/graph/a.ts imports node:fs: only runtime/ort-node, image/decode-node, jobs/ and serve/ may import Node modules",
  ]);
});
