import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import {
  DEMO_LABELS,
  demoModelBytes,
  loadModel,
  mountFolder,
  mountRemote,
  OnnxplainError,
  openDataSet,
  tableOfRows,
  unmount,
  writeTable,
} from "../../src/index.ts";
import { files as node } from "../../src/jobs/files-node.ts";
import { files as web } from "../../src/jobs/files-web.ts";

const blob = (text: string): Blob => new Blob([text]);
const codeOf = async (job: () => unknown): Promise<string> => {
  try {
    await job();
  } catch (error) {
    if (error instanceof OnnxplainError) return error.code;
    throw error;
  }
  return "nothing was thrown";
};

describe.each([
  ["a page", web],
  ["Node", node],
])("a mounted folder, in %s", (_, files) => {
  const text = async (location: string): Promise<string> => new TextDecoder().decode(await files.read(location));

  it("is read as any other", async () => {
    const at = mountFolder("My run <b>", [
      ["a.txt", blob("alpha")],
      ["./deep//b c.txt", blob("beta")],
      ["deep\\er/ü#?.txt", blob("gamma")],
    ]);
    expect(at).toMatch(/^mount:\/My-run-b--\d+\/$/);
    expect(await files.list(at)).toEqual([
      { name: "a.txt", folder: false },
      { name: "deep", folder: true },
    ]);
    const deep = files.join(at, "deep");
    expect(await files.list(deep)).toEqual([
      { name: "b c.txt", folder: false },
      { name: "er", folder: true },
    ]);
    expect(
      await Promise.all([at, deep, `${deep}/`, files.join(at, "a.txt"), files.join(at, "x")].map(files.isFolder)),
    ).toEqual([true, true, true, false, false]);
    expect(await text(files.join(at, "deep/b c.txt"))).toBe("beta");
    expect(await text(files.join(files.join(deep, "er"), "ü#?.txt"))).toBe("gamma");
    expect(files.folderOf(files.join(deep, "b c.txt"))).toBe(`${at}deep/`);
    expect(await files.size(files.join(at, "a.txt"))).toBe(5);
    expect(new TextDecoder().decode(await files.readRange(files.join(at, "a.txt"), 1, 4))).toBe("lph");
    const into = new Uint8Array(2);
    await files.readInto(files.join(at, "a.txt"), 3, into);
    expect(new TextDecoder().decode(into)).toBe("ha");
    expect(await files.read(files.join(at, "none"))).toBeUndefined();
  });

  it("refuses ways out, ranges beyond the end, and what is not there", async () => {
    const at = mountFolder("run", [["a/b.txt", blob("alpha")]]);
    const tries: readonly (() => unknown)[] = [
      () => files.join(at, "../run-1/a"),
      () => files.read(`${at}a/../../x`),
      () => files.read(`${at}..\\x`),
      () => files.readRange(`${at}a/b.txt`, 3, 9),
      () => files.readRange(`${at}a/b.txt`, 4, 2),
      () => files.list(`${at}b`),
      () => files.size(`${at}none`),
      () => files.read("mount:/nobody-1/a"),
      () => mountFolder("x", [["../a", blob("")]]),
      () => mountFolder("x", [["a\0b", blob("")]]),
      () => mountFolder("x", [["", blob("")]]),
      () =>
        mountFolder("x", [
          ["a", blob("1")],
          ["./a", blob("2")],
        ]),
      () =>
        mountFolder("x", [
          ["a", blob("1")],
          ["a/b", blob("2")],
        ]),
      () =>
        mountFolder("x", [
          ["a/b", blob("1")],
          ["a", blob("2")],
        ]),
    ];
    for (const attempt of tries) expect(await codeOf(attempt), String(attempt)).toBe("E_FILE");
  });

  it("is gone when it is taken away, and two of one name stand apart", async () => {
    const [one, two] = [1, 2].map((v) => mountFolder("twin", [["v", blob(String(v))]])) as [string, string];
    expect(await text(`${one}v`)).toBe("1");
    unmount(one);
    expect(await codeOf(() => files.read(`${one}v`))).toBe("E_FILE");
    expect(await text(`${two}v`)).toBe("2");
  });

  it("asks for a remote file once, and reads no more of it than is wanted", async () => {
    let opened = 0;
    const asked: [number, number][] = [];
    const at = mountFolder("far", [
      [
        "big",
        async () => {
          opened++;
          return {
            size: 1e9,
            read: async (start, end) => {
              asked.push([start, end]);
              return new Uint8Array(end - start).fill(7);
            },
          };
        },
      ],
      ["short", () => ({ size: 10, read: async () => new Uint8Array(3) })],
    ]);
    expect(opened).toBe(0);
    expect(await files.size(`${at}big`)).toBe(1e9);
    expect(await files.readRange(`${at}big`, 5, 9)).toEqual(new Uint8Array(4).fill(7));
    expect([opened, asked]).toEqual([1, [[5, 9]]]);
    expect(await codeOf(() => files.read(`${at}short`))).toBe("E_FILE");
  });
});

it("opens a hub's folder as a model, and a list's paths stay inside their mount", async () => {
  const id2label = Object.fromEntries(DEMO_LABELS.map((label, i) => [i, label]));
  const model = await loadModel(
    mountFolder("demo", [
      ["onnx/model.onnx", new Blob([demoModelBytes() as Uint8Array<ArrayBuffer>])],
      ["config.json", blob(JSON.stringify({ id2label }))],
    ]),
  );
  expect(model.labels).toEqual(DEMO_LABELS);
  await model.dispose();
  const rows = ["https://elsewhere.example/a.png", "/etc/a.png"].map((path) => ({ path, label: "x" }));
  const table = writeTable(tableOfRows(rows, { path: "string", label: "string" }));
  const data = await openDataSet(mountFolder("pictures", [["manifest.parquet", new Blob([table])]]));
  for await (const item of data.items()) expect(await codeOf(() => item.load())).toBe("E_FILE");
  const out = writeTable(tableOfRows([{ path: "../a.png", label: "x" }], { path: "string", label: "string" }));
  const escaping = await codeOf(async () => {
    const set = await openDataSet(mountFolder("out", [["manifest.parquet", new Blob([out])]]));
    for await (const item of set.items()) await item.load();
  });
  expect(escaping).toBe("E_FILE");
});

describe("a server's listing", () => {
  const bytes = new TextEncoder().encode("0123456789");
  const asked: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.range ?? "whole"}`);
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
    const part = bytes.slice(Number(from ?? 0), Number(to ?? bytes.length - 1) + 1);
    response.writeHead(206, { "content-range": `bytes ${from}-${to}/${bytes.length}` }).end(part);
  });
  const ready = new Promise<string>((done) =>
    server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
  afterAll(() => server.close());

  it("is mounted run by run, and read by ranges", async () => {
    const origin = await ready;
    const [run] = mountRemote(origin, {
      runs: [{ name: "run", at: "/runs/0", files: [{ path: "a b/c#.bin", size: 10 }], more: false }],
    });
    expect(run?.name).toBe("run");
    const file = web.join(run?.location ?? "", "a b/c#.bin");
    expect(new TextDecoder().decode(await web.readRange(file, 2, 5))).toBe("234");
    expect(new TextDecoder().decode(await web.read(file))).toBe("0123456789");
    expect(asked).toEqual(["/runs/0/a%20b/c%23.bin bytes=2-4", "/runs/0/a%20b/c%23.bin bytes=0-9"]);
  });

  it("is refused where it names another server, or is no listing", async () => {
    const origin = await ready;
    const run = { name: "r", at: "http://elsewhere.example/", files: [], more: false };
    for (const bad of [
      { runs: [run] },
      {},
      null,
      { runs: [{ ...run, at: 7 }] },
      { runs: [{ ...run, at: "/", files: [{}] }] },
      { runs: [{ ...run, at: "/", name: 7 }] },
    ])
      expect(await codeOf(() => mountRemote(origin, bad as never)), JSON.stringify(bad)).toBe("E_FILE");
  });
});
