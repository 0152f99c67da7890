/** @file `regions fit` into a folder: parts that outlive a stop, the same bytes after it, and folders that are refused. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DataSet } from "../../src/data/dataset.ts";
import { type FittedRegions, type RegionsFitOptions, runRegionsFit } from "../../src/jobs/regions-fit.ts";
import type { RegionNetwork } from "../../src/jobs/regions-network.ts";
import { openRegionsFit, regionsFiles } from "../../src/jobs/regions-open.ts";
import { quarterNetwork, quarterPictures } from "./regions-made.ts";

const [COUNT, BROKEN, BOUNDARIES] = [90, [3, 17, 50], 6];
const root = mkdtempSync(join(tmpdir(), "onnxplain-"));
let network: RegionNetwork;

beforeAll(async () => {
  network = await quarterNetwork();
});
afterAll(async () => {
  await network.model.dispose();
  rmSync(root, { recursive: true });
});

/** The pictures, and the ids of those that were read, in order. */
function watched(): { readonly data: DataSet; readonly reads: string[] } {
  const set = quarterPictures(COUNT, { broken: BROKEN });
  const reads: string[] = [];
  const items: DataSet["items"] = async function* () {
    for await (const item of set.items())
      yield {
        ...item,
        load: () => {
          reads.push(item.id);
          return item.load();
        },
      };
  };
  return { data: { ...set, items }, reads };
}

const fitted = (options: RegionsFitOptions, data = watched().data): Promise<FittedRegions> =>
  runRegionsFit(network, data, { threads: 1, boundaries: BOUNDARIES, seed: 5, batch: 8, shard: 20, ...options });

const bytesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => `${name} ${readFileSync(join(folder, name)).toString("hex")}`);

/** A fit that stops after so many pictures. */
async function stopped(folder: string, after: number, options: RegionsFitOptions = {}): Promise<void> {
  const stop = new AbortController();
  const onProgress = (done: number): void => {
    if (done >= after) stop.abort();
  };
  await expect(fitted({ ...options, folder, signal: stop.signal, onProgress })).rejects.toMatchObject({
    code: "E_ABORTED",
  });
}

describe("a fit that was stopped", () => {
  test.each([
    ["reference", 5, 0],
    ["reference", 45, 2],
    ["reference", 87, 4],
    ["toward-other-class", 45, 2],
  ] as const)(
    "by %s after %i references goes on after %i parts, to the bytes of one that was not",
    async (sampling, after, parts) => {
      const [whole, broken] = [join(root, `whole-${sampling}`), join(root, `broken-${sampling}-${after}`)];
      if (!existsSync(whole)) await fitted({ folder: whole, sampling });
      const stop = new AbortController();
      const onProgress = (done: number): void => void (done >= after && stop.abort());
      await expect(fitted({ folder: broken, sampling, signal: stop.signal, onProgress })).rejects.toMatchObject({
        code: "E_ABORTED",
      });
      expect(existsSync(join(broken, "parts")) ? readdirSync(join(broken, "parts")).length : 0).toBe(parts);
      await expect(openRegionsFit(broken)).rejects.toMatchObject({ code: "E_FILE" });
      const { data, reads } = watched();
      const run = await fitted({ folder: broken, sampling, resume: true }, data);
      const drawn = sampling === "reference" ? BOUNDARIES : 0;
      expect(reads.slice(drawn)).toEqual(
        Array.from({ length: COUNT - 20 * parts }, (_, i) => `quarters#${20 * parts + i}`),
      );
      expect(run.report.unread.map((u) => u.id)).toEqual(BROKEN.map((i) => `quarters#${i}`));
      expect(bytesIn(broken)).toEqual(bytesIn(whole));
      expect(readdirSync(broken)).not.toContain("parts");
    },
  );

  test("is not taken up with other settings, nor overwritten unasked", async () => {
    const folder = join(root, "other");
    await stopped(folder, 30);
    await expect(fitted({ folder })).rejects.toMatchObject({ code: "E_FILE" });
    const other = fitted({ folder, resume: true, seed: 6 });
    await expect(other).rejects.toMatchObject({ code: "E_PARAM", message: expect.stringMatching(/seed was 5, now 6/) });
    const fewer = fitted({ folder, resume: true }, quarterPictures(COUNT - 1));
    await expect(fewer).rejects.toMatchObject({ code: "E_PARAM", message: expect.stringMatching(/items was 90/) });
  });
});

test("a finished fit that is resumed is read, and no picture is", async () => {
  const folder = join(root, "twice");
  const { seconds: _, ...first } = await fitted({ folder });
  const { data, reads } = watched();
  const again = await fitted({ folder, resume: true }, data);
  expect(again).toMatchObject(first);
  expect(reads).toEqual([]);
});

test("files in a folder are those of a fit in memory, and parts of another size change no set and no class", async () => {
  const folder = join(root, "files");
  await fitted({ folder });
  const made = await fitted({});
  for (const [name, bytes] of regionsFiles(made))
    expect(Buffer.compare(readFileSync(join(folder, name)), bytes)).toBe(0);
  const other = await fitted({ shard: 1000 });
  expect(other.fit.sides).toEqual(made.fit.sides);
  expect(other.fit.projections.classes).toEqual(made.fit.projections.classes);
  expect(other.references.ids).toEqual(made.references.ids);
});
