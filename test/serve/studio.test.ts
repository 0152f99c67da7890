/** @file The studio on a port and as files: what it serves of what the command line named, and nothing else of this machine. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { studioVerb } from "../../cli/studio.ts";
import type { GivenListing, Listening, RunsListing } from "../../src/index.ts";
import { serveStudio, writeStudio } from "../../src/serve/studio.ts";
import { ORT_FILES, ortFolder } from "../../src/serve/studio-files.ts";
import { STUDIO_CSP, STUDIO_HEADERS, STUDIO_META_CSP } from "../../src/serve/studio-headers.ts";
import * as web from "../../src/serve/web.ts";
import { refused } from "../cli/run.ts";
import { ask } from "./raw.ts";

const SECRET = "nobody asked for this";
const scratch = mkdtempSync(join(tmpdir(), "onnxplain-studio-"));
const at = (...names: readonly string[]): string => join(scratch, ...names);
const put = (path: string, content: string): void => {
  mkdirSync(join(scratch, path, ".."), { recursive: true });
  writeFileSync(at(path), content);
};
let served: Listening;

beforeAll(async () => {
  put("app/index.html", "<!doctype html><title>studio</title>");
  put("app/assets/index-B1x9Zq0a.js", `export const long = "${"a".repeat(5000)}";`);
  put("app/icon.svg", "<svg/>");
  put("run/results.parquet", "PAR1 pretend PAR1");
  put("run/pictures/a b&'ä.png", "png");
  put("run/pictures/<i>.png", SECRET);
  put("run/.state/secret.txt", SECRET);
  put("run/con.txt", SECRET);
  put("run/-rf", "odd");
  put("secret.txt", SECRET);
  put("run2/fit.json", "{}");
  put("run2/references.parquet", "");
  put("models/net.onnx", "onnx");
  put("models/net.onnx.data", "data");
  put("models/network.onnx", SECRET);
  put("models/other/net.onnx", SECRET);
  put("pictures/dog.jpg", "jpg");
  symlinkSync(at("secret.txt"), at("run", "link.txt"));
  symlinkSync(at(), at("run", "up"));
  served = await serveStudio({
    port: 0,
    app: at("app"),
    runs: [at("run"), `${at("run2")}/`],
    model: at("models", "net.onnx"),
    images: [at("pictures"), at("pictures", "dog.jpg")],
  });
});
afterAll(async () => {
  await served?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const get = (target: string, headers: Readonly<Record<string, string>> = {}) => ask(served.port, target, { headers });
const json = async <T>(target: string): Promise<T> => {
  const response = await fetch(new URL(target, served.url));
  return (await response.json()) as T;
};

describe("on a port", () => {
  test("every answer carries the studio's headers", async () => {
    for (const target of [
      "/",
      "/assets/index-B1x9Zq0a.js",
      "/ort/ort-wasm-simd-threaded.mjs",
      "/runs.json",
      "/runs/0/results.parquet",
      "/missing",
    ]) {
      const { headers } = await get(target);
      for (const [name, value] of Object.entries(STUDIO_HEADERS))
        expect([target, name, headers[name.toLowerCase()]]).toEqual([target, name, value]);
    }
    expect(served.url).toBe(`http://127.0.0.1:${served.port}/`);
  });

  test("the app, packed where it is text", async () => {
    expect(await get("/")).toMatchObject({ status: 200, body: "<!doctype html><title>studio</title>" });
    const plain = await get("/assets/index-B1x9Zq0a.js");
    expect(plain.headers["cache-control"]).toContain("immutable");
    const packed = await get("/assets/index-B1x9Zq0a.js", { "Accept-Encoding": "gzip" });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(packed.body.length).toBeLessThan(plain.body.length / 4);
    expect((await get("/assets")).status).toBe(404);
    expect((await get("/assets/")).status).toBe(404);
  });

  test("the runtime's four files, unpacked, and no others of its folder", async () => {
    for (const name of ORT_FILES) {
      const { status, headers } = await ask(served.port, `/ort/${name}`, {
        method: "HEAD",
        headers: { "Accept-Encoding": "gzip" },
      });
      expect([name, status, headers["content-encoding"]]).toEqual([name, 200, undefined]);
      expect(headers["content-type"]).toMatch(name.endsWith(".wasm") ? /^application\/wasm$/ : /^text\/javascript/);
      expect(Number(headers["content-length"])).toBeGreaterThan(10_000);
    }
    for (const name of ["ort.min.js", "ort-wasm-simd-threaded.jsep.wasm", "../package.json", ""])
      expect([name, [400, 404].includes((await get(`/ort/${name}`)).status)]).toEqual([name, true]);
  });

  test("runs are listed with what they hold", async () => {
    const { runs } = await json<RunsListing>("runs.json");
    expect(runs).toEqual([
      {
        name: "run",
        at: "runs/0/",
        files: [
          { path: "-rf", size: 3 },
          { path: "pictures/a b&'ä.png", size: 3 },
          { path: "results.parquet", size: 17 },
        ],
        more: false,
      },
      {
        name: "run2",
        at: "runs/1/",
        files: [
          { path: "fit.json", size: 2 },
          { path: "references.parquet", size: 0 },
        ],
        more: false,
      },
    ]);
    expect(JSON.stringify(runs)).not.toContain(scratch);
  });

  test("ranges of a run's file", async () => {
    const { status, body, headers } = await get("/runs/0/results.parquet", { Range: "bytes=-4" });
    expect([status, body, headers["content-range"]]).toEqual([206, "PAR1", "bytes 13-16/17"]);
  });

  test("what was given is listed and read, and what lies beside it is not", async () => {
    const given = await json<GivenListing>("given.json");
    expect(given.model).toEqual({
      name: "net.onnx",
      at: "given/model/",
      files: [
        { path: "net.onnx", size: 4 },
        { path: "net.onnx.data", size: 4 },
      ],
      more: false,
    });
    expect(given.images.map((i) => [i.name, i.files.map((f) => f.path)])).toEqual([
      ["pictures", ["dog.jpg"]],
      ["dog.jpg", ["dog.jpg"]],
    ]);
    expect((await get("/given/model/net.onnx")).body).toBe("onnx");
    expect((await get("/given/images/1/dog.jpg")).body).toBe("jpg");
    for (const target of [
      "/given/model/network.onnx",
      "/given/model/other/net.onnx",
      "/given/model/",
      "/given/images/2/dog.jpg",
    ])
      expect([target, (await get(target)).status]).toEqual([target, 404]);
  });

  test.each([
    "/runs/0/link.txt",
    "/runs/0/up/secret.txt",
    "/runs/0/up/run2/fit.json",
    "/runs/0/../secret.txt",
    "/runs/0/%2e%2e/secret.txt",
    "/runs/0/..%2fsecret.txt",
    "/runs/0/pictures/..%5c..%5c..%5csecret.txt",
    "/runs/0//etc/passwd",
    "/runs/0/.state/secret.txt",
    "/runs/0/con.txt",
    "/runs/2/fit.json",
    "/runs/-1/fit.json",
    "/runs/00/results.parquet",
    "/runs/",
    "/runs/0/",
    "/runs/0",
    "/given/",
    "/given/images/0/../1/dog.jpg",
    "/src/index.ts",
    "/package.json",
  ])("%s is nothing", async (target) => {
    const { status, text } = await get(target);
    expect([target, [400, 404].includes(status), text.includes(SECRET), text.includes(scratch)]).toEqual([
      target,
      true,
      false,
      false,
    ]);
  });

  test("is only read", async () => {
    for (const method of ["PUT", "DELETE", "PATCH"])
      expect((await ask(served.port, "/runs/0/results.parquet", { method })).status).toBe(405);
    expect((await ask(served.port, "/runs/0/results.parquet", { method: "POST", body: "x" })).status).toBe(404);
    expect(readFileSync(at("run", "results.parquet"), "utf8")).toBe("PAR1 pretend PAR1");
  });

  test("a large file is streamed, and leaving halfway harms nobody", async () => {
    put("run2/large.bin", "");
    truncateSync(at("run2", "large.bin"), 500_000_000);
    const before = process.memoryUsage().rss;
    const leave = new AbortController();
    const response = await fetch(new URL("runs/1/large.bin", served.url), { signal: leave.signal });
    expect(response.headers.get("content-length")).toBe("500000000");
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    leave.abort();
    await reader?.closed.catch(() => undefined);
    expect((await get("/")).status).toBe(200);
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    rmSync(at("run2", "large.bin"));
  });

  test("what is not there is said before a port is taken", async () => {
    await expect(serveStudio({ port: 0, app: at("run") })).rejects.toMatchObject({
      code: "E_FILE",
      message: expect.stringMatching(/not built.*npm run build/),
    });
    await expect(serveStudio({ port: 0, app: at("app"), runs: [at("gone")] })).rejects.toMatchObject({
      code: "E_FILE",
    });
    await expect(serveStudio({ port: served.port, app: at("app") })).rejects.toMatchObject({ code: "E_PORT" });
  });
});

describe("as files", () => {
  test("everything that the page asks for, and what a host must say", async () => {
    const out = at("out");
    const names = await writeStudio(out, { app: at("app") });
    const written = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name).slice(out.length + 1))
      .sort();
    expect(written).toEqual([...names]);
    expect(names).toEqual(
      [
        "README.txt",
        "_headers",
        "assets/index-B1x9Zq0a.js",
        "given.json",
        "icon.svg",
        "index.html",
        ...ORT_FILES.map((n) => `ort/${n}`),
        "runs.json",
      ].sort(),
    );
    for (const name of ORT_FILES)
      expect(readFileSync(join(out, "ort", name)).equals(readFileSync(join(ortFolder(), name)))).toBe(true);
    const headers = readFileSync(join(out, "_headers"), "utf8");
    for (const [name, value] of Object.entries(STUDIO_HEADERS)) expect(headers).toContain(`\n  ${name}: ${value}\n`);
    expect(readFileSync(join(out, "README.txt"), "utf8")).toContain("Cross-Origin-Embedder-Policy: require-corp");
    expect(JSON.parse(readFileSync(join(out, "runs.json"), "utf8"))).toEqual({ runs: [] });
    await expect(writeStudio(out, { app: at("app") })).rejects.toMatchObject({ code: "E_FILE" });
    expect(readdirSync(scratch).filter((n) => n.includes(".part"))).toEqual([]);
  });

  test("the page states the same policy as the headers", () => {
    const page = readFileSync(fileURLToPath(new URL("../../studio/index.html", import.meta.url)), "utf8");
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toBe(STUDIO_META_CSP);
    expect(STUDIO_CSP).toBe(`${STUDIO_META_CSP}; frame-ancestors 'none'`);
    expect(STUDIO_CSP).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
  });
});

test("a page serves nothing", async () => {
  await expect(web.serveStudio()).rejects.toMatchObject({ code: "E_DEVICE" });
  await expect(web.writeStudio("x")).rejects.toMatchObject({ code: "E_DEVICE" });
});

describe("onnxplain studio", () => {
  test.each([
    [["--out", "x", "run"], "E_USAGE"],
    [["--out", "x", "--port", "1"], "E_USAGE"],
    [["--port", "many"], "E_USAGE"],
    [["--host", "0.0.0.0"], "E_USAGE"],
  ])("%j is refused", async (argv, code) => {
    expect((await refused(studioVerb, argv))[0]).toBe(code);
  });
});
