/** @file What is published: the right files and no others, and a package that works from plain Node with nothing else around it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METHODS, VERSION } from "../../src/index.ts";
import { SEEDS } from "../fuzz/seeds.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const at = (path: string): string => join(root, path);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly type: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(at("package.json"), "utf8")) as Manifest;
const npm = (args: readonly string[], cwd = root): string =>
  execFileSync("npm", [...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  if (!existsSync(at("dist/src/index.js"))) throw new Error("dist is missing: run `npm run build` first");
});

describe("package.json", () => {
  it("has the version that results carry", () => expect(manifest.version).toBe(VERSION));
  it("is ESM, under a licence", () => expect([manifest.type, manifest.license]).toEqual(["module", "Apache-2.0"]));
  it("names only files that the build makes", () => {
    const named = [
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports),
      ...Object.values(manifest.imports),
    ].flatMap((v) => (typeof v === "string" ? [v] : Object.values(v)));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((path) => !existsSync(at(path)))).toEqual([]);
  });
  it("its command can be run", () => {
    for (const path of Object.values(manifest.bin))
      expect(readFileSync(at(path), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
  it("depends on everything that is imported, and on nothing else", () => {
    const imported = new Set<string>();
    const sources = (folder: string): readonly string[] =>
      readdirSync(at(folder), { recursive: true, encoding: "utf8" })
        .filter((f) => f.endsWith(".ts"))
        .map((f) => join(folder, f));
    for (const file of ["src", "cli"].flatMap(sources)) {
      for (const [, from = ""] of readFileSync(at(file), "utf8").matchAll(/(?:from |import\()"([^".#][^"]*)"/g))
        if (!from.startsWith("node:"))
          imported.add(
            from
              .split("/")
              .slice(0, from.startsWith("@") ? 2 : 1)
              .join("/"),
          );
    }
    expect([...imported].sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });
});

describe("the tarball", () => {
  const listed = JSON.parse(npm(["pack", "--dry-run", "--json", "--ignore-scripts"])) as readonly {
    readonly files: readonly { readonly path: string }[];
  }[];
  const paths = listed[0]?.files.map((f) => f.path) ?? [];
  it.each([
    "package.json",
    "README.md",
    "LICENSE",
    "NOTICE",
    "CHANGELOG.md",
    "dist/src/index.js",
    "dist/src/index.d.ts",
    "dist/src/runtime/ort-web.js",
    "dist/cli/main.js",
  ])("holds %s", (path) => expect(paths).toContain(path));
  it("holds nothing but the build and what is read beside it", () => {
    expect(
      paths.filter(
        (p) =>
          !/^(dist\/(src|cli)\/.*\.(js|d\.ts)|dist\/studio\/.*\.(js|css|html|svg|png|webmanifest|onnx|json)|demo\/\w+\/\w+\.(onnx|json)|package\.json|README\.md|LICENSE|NOTICE|CHANGELOG\.md)$/.test(
            p,
          ),
      ),
    ).toEqual([]);
  });
  it("holds every module of the sources", () => {
    const sources = readdirSync(at("src"), { recursive: true, encoding: "utf8" })
      .filter((f) => f.endsWith(".ts"))
      .map((f) => `dist/src/${f.replaceAll("\\", "/").replace(/\.ts$/, ".js")}`);
    expect(sources.filter((f) => !paths.includes(f))).toEqual([]);
  });
});

describe("the package, unpacked where nothing else is", () => {
  const home = mkdtempSync(join(tmpdir(), "onnxplain-package-"));
  const installed = join(home, "node_modules/onnxplain");
  const node = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [...args], { cwd: home, encoding: "utf8" });
  beforeAll(() => {
    const [{ filename }] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", home])) as [
      { readonly filename: string },
    ];
    execFileSync("tar", ["-xzf", filename], { cwd: home });
    execFileSync("mkdir", ["-p", "node_modules"], { cwd: home });
    execFileSync("mv", ["package", installed], { cwd: home });
    symlinkSync(at("node_modules"), join(installed, "node_modules"));
    writeFileSync(join(home, "model.onnx"), SEEDS.convolution as Uint8Array);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("is imported and explains", () => {
    writeFileSync(
      join(home, "use.mjs"),
      `
      import { explain, loadModel, METHODS, VERSION } from "onnxplain";
      const model = await loadModel("model.onnx");
      const map = await explain(model, { dims: [1, 3, 8, 8], data: new Float32Array(192).fill(0.5) }, { method: "grad-cam", target: 1 });
      await model.dispose();
      console.log(JSON.stringify({ methods: Object.keys(METHODS), version: VERSION, dims: map.dims, finite: map.values.every(Number.isFinite) }));
    `,
    );
    expect(JSON.parse(node("use.mjs"))).toEqual({
      methods: Object.keys(METHODS),
      version: VERSION,
      dims: [1, 8, 8],
      finite: true,
    });
  });
  it("its inside is private", () => {
    writeFileSync(
      join(home, "pry.mjs"),
      `import("onnxplain/dist/src/explain.js").then(() => console.log("open"), (e) => console.log(e.code));`,
    );
    expect(node("pry.mjs").trim()).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });
  it("its command lists the methods", () => {
    const out = node(join(installed, "dist/cli/main.js"), "methods");
    for (const id of Object.keys(METHODS)) expect(out).toContain(id);
  });
  it("its types are there for whoever imports it", () => {
    writeFileSync(
      join(home, "use.ts"),
      `
      import { type Explanation, explain, loadModel, METHODS, OnnxplainError } from "onnxplain";
      const model = await loadModel("model.onnx");
      const map: Explanation = await explain(model, "dog.jpg", { method: METHODS["grad-cam"].id, target: [1, "2-0"] });
      export const values: Float32Array = map.values;
      // @ts-expect-error a method must be named
      await explain(model, "dog.jpg", {});
      // @ts-expect-error dims are numbers
      export const wrong: string = map.dims[0];
      export const code: string = new OnnxplainError("E_PARAM", "").code;
    `,
    );
    const options = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "NodeNext",
      "--target",
      "ES2023",
      "--lib",
      "ES2023,DOM,DOM.Iterable",
      "--types",
      "",
    ];
    writeFileSync(join(home, "package.json"), '{ "type": "module" }');
    expect(node(at("node_modules/typescript/bin/tsc"), ...options, "use.ts")).toBe("");
  });
});
