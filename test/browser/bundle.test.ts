/** @file The library as a bundler takes it for a page: no Node module, and how large it is. */
import { expect, it } from "vitest";
import { bundle } from "./site.ts";

const NODE_IMPORT = /(?:\bfrom|\bimport|\brequire\()\s*\(?\s*["']node:/;

type Outputs = Awaited<ReturnType<typeof bundle>>["metafile"];
/** All chunks but the runtime's. */
const ownBytes = ({ outputs }: Outputs): number =>
  Object.values(outputs)
    .filter((o) => !o.entryPoint?.startsWith("node_modules/"))
    .reduce((sum, o) => sum + o.bytes, 0);

it("bundles src/index.ts without any Node module", { timeout: 60_000 }, async () => {
  const { outputFiles, metafile, warnings } = await bundle(["src/index.ts"], { minify: true });
  expect(warnings).toEqual([]);
  const sources = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/onnxruntime-web/"));
  expect(sources.filter((path) => /-node\.ts$|node_modules\/(sharp|onnxruntime-node)\//.test(path))).toEqual([]);
  const sizes: string[] = [];
  for (const [path, { entryPoint, inputs, imports, bytes }] of Object.entries(metafile.outputs)) {
    const runtime = entryPoint?.startsWith("node_modules/onnxruntime-web/") ?? false;
    const text = outputFiles.find((f) => f.path.endsWith(path))?.text ?? "";
    sizes.push(`${(bytes / 1024).toFixed(0)} KB ${entryPoint ?? `shared by ${Object.keys(inputs).length} files`}`);
    // onnxruntime-web asks for Node's modules behind a check of its own, in code that no page reaches.
    if (runtime) continue;
    expect(
      imports.filter((i) => i.external),
      path,
    ).toEqual([]);
    expect(NODE_IMPORT.test(text), path).toBe(false);
  }
  console.log(`bundle for a page, minified, without .wasm:\n  ${sizes.join("\n  ")}`);
  expect(ownBytes(metafile)).toBeLessThan(2000 * 1024);
});

it("a page that explains pictures takes what it uses, and no tables, data sets or reports", {
  timeout: 60_000,
}, async () => {
  const entry = "examples/browser/main.ts";
  const { metafile } = await bundle([entry], { minify: true });
  const page = Object.values(metafile.outputs).find((o) => o.entryPoint === entry);
  const taken = Object.entries(page?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const unused =
    /hyparquet|papaparse|parse-xml|src\/(metrics|evaluate|train|representers|regions|fisher|patterns|report\/(run|train|representers|regions|concepts|fisher|patterns))\//;
  expect(taken.map(([path]) => path).filter((path) => unused.test(path))).toEqual([]);
  console.log(
    `bundle of the example page: ${((page?.bytes ?? 0) / 1024).toFixed(0)} KB, minified, without the runtime`,
  );
  expect(page?.bytes).toBeLessThan(600 * 1024);
});
