/** @file Pages made from tables are up to date (`npm run docs` rewrites them), and links in the documents lead somewhere. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { PAGES } from "../../tools/docs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

it.each(Object.entries(PAGES))("%s is what the tables say", (path, page) => {
  if (process.env.UPDATE_DOCS) writeFileSync(join(root, path), page());
  expect(readFileSync(join(root, path), "utf8")).toBe(page());
});

const documents = [...readdirSync(root), ...readdirSync(join(root, "docs")).map((f) => `docs/${f}`)].filter((f) =>
  f.endsWith(".md"),
);

it.each(documents)("links of %s lead somewhere", (path) => {
  const links = [...readFileSync(join(root, path), "utf8").matchAll(/\]\(([^)#\s]+)/g)]
    .map((m) => m[1] as string)
    .filter((l) => !/^[a-z]+:/.test(l));
  expect(links.filter((l) => !existsSync(join(root, dirname(path), l)))).toEqual([]);
});
