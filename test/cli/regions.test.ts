/** @file `onnxplain regions fit`, `explain` and `map` as a user runs them: every form of output, stored regions, bad usage. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { regionsVerb } from "../../cli/regions.ts";
import { encodePng } from "../../src/image/png.ts";
import { quarterBytes } from "../jobs/regions-made.ts";
import { writeTinyCifar } from "../jobs/tiny-pictures.ts";
import { printed, refused, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const verb = (...args: readonly string[]): Promise<string> => printed(regionsVerb, args);
const fail = (...args: readonly string[]): ReturnType<typeof refused> => refused(regionsVerb, args);
const silent = { print: () => undefined, note: () => undefined };

beforeAll(async () => {
  writeFileSync(at("quarters.onnx"), quarterBytes());
  writeTinyCifar(at("references.bin"), 60);
  writeTinyCifar(at("unseen.bin"), 8, { seed: 9 });
  const from = ["--model", at("quarters.onnx"), "--layer", "psi", "--data", at("references.bin")];
  const said = await verb("fit", ...from, "--boundaries", "16", "--threads", "1", "-o", at("fit"));
  expect(said).toMatch(/60 references of 4 classes by the network, `psi` \[2, 8, 8\]/);
  expect(said).toMatch(/16 boundaries in/);
  await verb("map", "--regions", at("fit"), "--inputs", "5", "--threads", "1", "-o", at("map"));
});

describe("fit", () => {
  test("appears whole, and never over another", async () => {
    for (const name of ["fit.json", "boundaries.safetensors", "projections.safetensors", "references.parquet"])
      expect(existsSync(at(`fit/${name}`)), name).toBe(true);
    const again = await fail("fit", "--model", at("quarters.onnx"), "--data", at("references.bin"), "-o", at("fit"));
    expect(again[0]).toBe("E_FILE");
  });

  test("leaves out what cannot be read, lists it, and ends with 3", async () => {
    mkdirSync(at("photos/a"), { recursive: true });
    for (const i of [0, 1, 2]) {
      const data = new Uint8Array(32 * 32 * 3).fill(60 * (i + 1));
      writeFileSync(at(`photos/a/${i}.png`), await encodePng({ width: 32, height: 32, channels: 3, data }));
    }
    writeFileSync(at("photos/a/broken.png"), "no picture");
    const args = ["fit", "--model", at("quarters.onnx"), "--layer", "psi", "--data", at("photos"), "-o", at("partly")];
    expect(await regionsVerb.run(args, silent)).toBe(3);
    const { count, unread, kept } = JSON.parse(readFileSync(at("partly/fit.json"), "utf8"));
    expect([count, kept, unread.map((u: { id: string }) => u.id)]).toEqual([3, 3, ["a/broken.png"]]);
  });
});

describe("explain", () => {
  const explain = (...more: readonly string[]): Promise<string> =>
    verb("explain", `${at("references.bin")}#4`, "--regions", at("fit"), "--threads", "1", ...more);

  test("in words, with the stored regions that cover it", async () => {
    const said = await explain("-k", "2", "--stored", at("map"));
    expect(said).toMatch(/references\.bin#4: class \d \(\d+\.\d %\)/);
    expect(said).toMatch(/region of [123] boundaries holds \d+ of 60 references: \d+ class \d, 0 others \(0 allowed\)/);
    expect(said).toMatch(/0\.0000 {2}class \d {2}references\.bin#4/);
    expect(said).toMatch(/stored region \d covers it|no stored region covers it/);
  });

  test("as JSON, CSV and a page, of references and others alike", async () => {
    const { images } = JSON.parse(await explain(`${at("unseen.bin")}#1`, "--json"));
    expect(images.map((i: { reference: number | null }) => i.reference)).toEqual([4, null]);
    const [own] = images;
    expect(own.covered[0]).toMatchObject({ rank: 1, position: 4, id: "references.bin#4" });
    expect(own.covered.length).toBe(own.region.representativeness);
    expect(await explain("-o", at("covered.csv"))).toBe(at("covered.csv"));
    const lines = readFileSync(at("covered.csv"), "utf8").trim().split(/\r?\n/);
    expect(lines.length).toBe(1 + own.covered.length);
    await explain("-o", at("explain.html"), "-k", "3");
    expect(readFileSync(at("explain.html"), "utf8")).toContain("references.bin#4");
  });

  test("bad usage is refused with what to do", async () => {
    expect(await fail("explain", at("a.png"))).toEqual(["E_USAGE", expect.stringContaining("--regions DIR")]);
    expect((await fail("explain", "--regions", at("fit")))[0]).toBe("E_USAGE");
    expect((await fail("explain", at("a.png"), "--regions", at("fit"), "-o", at("a.pdf")))[0]).toBe("E_USAGE");
    expect((await fail("explain", at("a.png"), "--regions", at("fit")))[0]).toBe("E_IMAGE_READ");
    writeFileSync(at("other.onnx"), quarterBytes(3));
    const other = await fail("explain", at("a.png"), "--regions", at("fit"), "--model", at("other.onnx"));
    expect(other).toEqual(["E_PARAM", expect.stringContaining("Give that network, or fit anew")]);
    expect((await fail("nothing"))[0]).toBe("E_USAGE");
    expect((await fail("fit", "--model", at("quarters.onnx"), "--data", at("references.bin")))[0]).toBe("E_USAGE");
  });
});

describe("map", () => {
  test("writes page, JSON and tables, and says what nothing covers", async () => {
    for (const name of ["index.html", "map.json", "regions.safetensors", "regions.parquet", "references.parquet"])
      expect(existsSync(at(`map/${name}`)), name).toBe(true);
    const { regions, outliers, references, classes } = JSON.parse(readFileSync(at("map/map.json"), "utf8"));
    expect(references).toBe(60);
    for (const r of regions) expect([r.purity, r.labels[0].label]).toEqual([1, r.label]);
    const own = classes.reduce((n: number, c: { own: number; others: number }) => n + c.own + c.others, 0);
    expect(own + outliers.length).toBe(60);
    const said = await verb("map", "--regions", at("fit"), "--inputs", "1", "--threads", "1", "-o", at("one"));
    expect(said).toMatch(/nothing covers \d+ references \(\d+\.\d %\): look at them/);
  });
});
