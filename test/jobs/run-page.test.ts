/** @file Every kind of folder opened as a page value, beside the report that the verb wrote; strangers' folders; older ones. */
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { correctionsCsv } from "../../page/corrections.ts";
import {
  OnnxplainError,
  openRepresenters,
  openRunPage,
  packPage,
  readCorrections,
  readCsv,
  rowsOf,
  runKinds,
  tableOfRows,
  writeTable,
} from "../../src/index.ts";
import { page } from "../../src/report/html/page.ts";
import { FOLDERS, HOSTILE, madeFolder, makeRuns } from "./run-page-made.ts";

const root = madeFolder();
const at = (...names: readonly string[]): string => join(root, ...names);
beforeAll(() => makeRuns(root), 300_000);
afterAll(() => rmSync(root, { recursive: true }));

const inner = (html: string, tag: string): string =>
  new RegExp(`<${tag}>\\n?([\\s\\S]*?)\\n?</${tag}>`).exec(html)?.[1] ?? "";
const fails = async (folder: string): Promise<readonly [code: string, message: string]> => {
  try {
    await openRunPage(folder);
  } catch (error) {
    if (error instanceof OnnxplainError) return [error.code, error.message];
    throw error;
  }
  return ["", ""];
};
let copies = 0;
/** A copy of a run, changed. */
const changed = (name: string, change: (file: (name: string) => string) => void): string => {
  const to = at(`copy-${copies++}`);
  cpSync(at(name), to, { recursive: true });
  change((file) => join(to, file));
  return to;
};

describe("a run of every kind", () => {
  test("is in the table", () => {
    const kinds = new Set(Object.values(FOLDERS).map((f) => f.kind));
    expect(kinds).toEqual(new Set(Object.keys(runKinds)));
  });

  test("study analyse of earlier versions: its tables", async () => {
    mkdirSync(at("study"));
    const rows = (name: string): Uint8Array =>
      writeTable(tableOfRows([{ participant: HOSTILE, [name]: 3 }], { participant: "string", [name]: "int" }));
    for (const name of ["participants", "answers", "actions"])
      writeFileSync(at("study", `${name}.parquet`), rows(name));
    const study = { title: HOSTILE, questions: 4 };
    writeFileSync(
      at("study", "analysis.json"),
      JSON.stringify({ schema_version: 1, complete: 2, study, bins: [{ n: 2 }] }),
    );
    const { kind, page: view } = await openRunPage(at("study"));
    expect(kind).toBe("study analyse");
    expect(view.heading).toBe(HOSTILE);
    for (const part of ["participants", "answers", "actions", "bins"])
      expect(view.main.markup).toContain(`<h2>${part}</h2>`);
    expect(view.main.markup).not.toContain("<img");
  });

  test.each(Object.entries(FOLDERS))("%s", async (name, { kind, report }) => {
    const view = await openRunPage(at(name));
    expect([view.kind, view.missing]).toEqual([kind, []]);
    expect(view.facts.length).toBeGreaterThan(0);
    const made = await page(view.page);
    expect(made).not.toContain("<img src=x");
    expect(inner(made, "main").length).toBeGreaterThan(500);
    if (report === undefined) return;
    const written = readFileSync(at(name, report), "utf8");
    if (kind === "explain") {
      const headings = (html: string): readonly string[] => html.match(/<h[1-3]>[\s\S]*?<\/h[1-3]>/g) ?? [];
      expect(headings(made)).toEqual(headings(written));
      expect(made.match(/data-map="[^"]*"/g)).toEqual(written.match(/data-map="[^"]*"/g));
    } else expect(made).toBe(written);
  });

  test("is opened without what it wrote as HTML", async () => {
    for (const [name, { kind, report }] of Object.entries(FOLDERS)) {
      if (report === undefined) continue;
      const bare = changed(name, (file) => rmSync(file(report)));
      expect((await openRunPage(bare)).kind, name).toBe(kind);
      rmSync(bare, { recursive: true });
    }
  });
});

describe("label cleaning", () => {
  test("the page has the check-off list, and its corrections are read back", async () => {
    const view = await openRunPage(at("representers debug"));
    expect(view.page.behaviours).toContain("check-off");
    const { markup } = view.page.main;
    expect(markup).toContain('class="suspects"');
    expect(markup).toContain("&lt;img src=x onerror=");
    const listed = [...markup.matchAll(/data-position="(\d+)" data-id="([^"]*)" data-label="(\d*)"/g)];
    const rows = rowsOf(
      readCsv(readFileSync(at("representers debug", "suspects.csv"), "utf8"), { name: "suspects.csv" }),
    );
    expect(listed.map(([, position]) => position)).toEqual(rows.map((r) => String(r.position)));
    const { train, fitted, report } = await openRepresenters(at("representers fit"));
    const names = report.class_names ?? [];
    expect(names[1]).toBe(HOSTILE);
    const left = listed.map(([, position = "", id = "", label = ""], i) => ({
      ...{ position, id, label, done: i < 3 },
      to: i < 2 ? String((Number(label) + 1) % 4) : "",
    }));
    const known = { ...train, classes: fitted.classes, names };
    const back = readCorrections(correctionsCsv(left, names), known, "corrections.csv");
    expect(back).toEqual(
      left
        .slice(0, 2)
        .map(({ position, label, to }) => ({ position: Number(position), from: Number(label), to: Number(to) })),
    );
  });
});

describe("folders of earlier versions", () => {
  test.each(
    Object.keys(FOLDERS).filter(
      (n) =>
        ![
          "representers explain",
          "representers confused",
          "regions explain",
          "regions fit",
          "fisher train",
          "fisher classify",
          "patterns",
          "explain",
          "explain many",
        ].includes(n),
    ),
  )("%s opens with what is there, and says what is missing", async (name) => {
    const old = changed(name, (file) => rmSync(file("page.safetensors")));
    const view = await openRunPage(old);
    expect(view.kind).toBe(FOLDERS[name]?.kind);
    expect(view.missing.length).toBeGreaterThan(0);
    expect(view.page.main.markup).toContain('class="warning"');
    expect(view.page.main.markup).not.toContain("<img src=x");
    expect(view.page.main.markup.length).toBeGreaterThan(1000);
  });
});

describe("a stranger's folder", () => {
  test("that is no run, was stopped, or is no folder", async () => {
    expect(await fails(at("scenes"))).toEqual(["E_FILE", expect.stringMatching(/is no folder of results/)]);
    expect(await fails(at("nowhere"))).toEqual(["E_FILE", expect.stringMatching(/is no folder/)]);
    const stopped = changed("evaluate", (file) => {
      for (const name of ["results.parquet", "manifest.json"]) rmSync(file(name));
    });
    expect(await fails(stopped)).toEqual(["E_FILE", expect.stringMatching(/was stopped .*--resume/)]);
  });

  test.each([
    ["evaluate", "results.parquet"],
    ["evaluate", "curves.parquet"],
    ["train", "history.parquet"],
    ["regions fit", "references.parquet"],
    ["fisher classify", "scores.parquet"],
    ["representers debug", "page.safetensors"],
    ["explain", "map.npy"],
    ["explain", "input.png"],
    ["patterns", "pictures.safetensors"],
  ])("%s with %s cut short", async (name, file) => {
    const cut = changed(name, (own) => truncateSync(own(file), Math.floor(readFileSync(own(file)).length / 2)));
    const [code, message] = await fails(cut);
    expect([code, message.length > 20]).toEqual(["E_FILE", true]);
  });

  test("of a newer schema, of another kind, with fields of another form", async () => {
    const debug = (input: object, kind = "representers debug"): Promise<readonly [string, string]> =>
      fails(changed("representers debug", (file) => writeFileSync(file("page.safetensors"), packPage(kind, input))));
    const base = {
      facts: { model: "m", data: "d", settings: [] },
      labels: [],
      criteria: [],
      suspects: [],
      trainingPoints: 0,
    };
    expect(await debug(base)).toEqual(["", ""]);
    expect(await debug(base, "evaluate")).toEqual([
      "E_FILE",
      expect.stringMatching(/of `evaluate`, expected `representers debug`/),
    ]);
    for (const bad of [
      { ...base, trainingPoints: -1 },
      { ...base, labels: [{ markup: "<script>alert(1)</script>" }] },
      { ...base, facts: { ...base.facts, model: { markup: "<b>" } } },
      {
        ...base,
        suspects: [
          { position: 0, point: { id: "a", label: null, likeness: { kind: "picture", png: "x" } }, values: [] },
        ],
      },
      {
        ...base,
        suspects: [{ position: 0, point: { id: "a", label: null, likeness: { kind: "script" } }, values: [] }],
      },
    ])
      expect((await debug(bad))[0], JSON.stringify(bad)).toBe("E_FILE");
    const newer = changed("representers debug", (file) => {
      const bytes = readFileSync(file("page.safetensors"), "latin1");
      writeFileSync(file("page.safetensors"), bytes.replace('"schema_version":"1"', '"schema_version":"9"'), "latin1");
    });
    expect(await fails(newer)).toEqual(["E_FILE", expect.stringMatching(/its schema is 9, this one reads 1. Update/)]);
    const manifest = changed("explain", (file) => {
      const json = JSON.parse(readFileSync(file("manifest.json"), "utf8"));
      writeFileSync(file("manifest.json"), JSON.stringify({ ...json, schema_version: 2 }));
    });
    expect(await fails(manifest)).toEqual(["E_FILE", expect.stringMatching(/its schema is 2/)]);
  });

  test("cannot pass objects for markup into what is read as JSON", async () => {
    const evil = { markup: '<img src=x onerror="alert(1)">' };
    for (const [name, file, change] of [
      ["explain", "manifest.json", (j: Record<string, unknown>) => ({ ...j, params: { evil } })],
      ["explain", "manifest.json", (j: Record<string, unknown>) => ({ ...j, notes: [evil] })],
      ["patterns", "patterns.json", (j: Record<string, unknown>) => ({ ...j, data: evil })],
      ["fisher train", "fisher.json", (j: Record<string, unknown>) => ({ ...j, labels: [evil] })],
      ["regions fit", "fit.json", (j: Record<string, unknown>) => ({ ...j, class_names: [evil] })],
    ] as const) {
      const folder = changed(name, (own) =>
        writeFileSync(own(file), JSON.stringify(change(JSON.parse(readFileSync(own(file), "utf8"))))),
      );
      expect((await fails(folder))[0], `${name} ${file}`).toBe("E_FILE");
    }
  });

  test("writes its ids and labels as text", async () => {
    for (const name of ["representers fit", "representers debug", "regions map", "regions explain", "regions fit"]) {
      const { markup } = (await openRunPage(at(name))).page.main;
      expect(markup, name).not.toContain(HOSTILE);
    }
    const { markup } = (await openRunPage(at("explain"))).page.main;
    expect(markup).toContain("a&lt;b&gt;&amp;3.png");
  });
});
