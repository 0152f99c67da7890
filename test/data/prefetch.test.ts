/** @file Decoding ahead: in order, bounded, past failures, and stopped at once. */
import { expect, it } from "vitest";
import type { DataItem } from "../../src/data/dataset.ts";
import { prefetch } from "../../src/data/prefetch.ts";
import { OnnxplainError } from "../../src/errors.ts";

const IMAGE = { width: 1, height: 1, channels: 1, data: new Uint8Array(1) } as const;
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
const itemOf = (id: number, load: DataItem["load"] = async () => IMAGE): DataItem => ({
  id: String(id),
  label: undefined,
  load,
});

it("keeps order whatever takes longest, and at most so many beside the one in hand", async () => {
  let [open, most, started] = [0, 0, 0];
  const items = Array.from({ length: 20 }, (_, i) =>
    itemOf(i, async () => {
      open++;
      started++;
      most = Math.max(most, open);
      await wait(i % 3 === 0 ? 12 : 1);
      open--;
      return IMAGE;
    }),
  );
  const ids: string[] = [];
  for await (const { item } of prefetch(items, 3)) {
    ids.push(item.id);
    expect(started - ids.length).toBeLessThanOrEqual(3);
  }
  expect(ids).toEqual(items.map((i) => i.id));
  expect([most > 1, most <= 4]).toEqual([true, true]);
});

it("works while the consumer does", async () => {
  const items = Array.from({ length: 10 }, (_, i) => itemOf(i, async () => wait(20).then(() => IMAGE)));
  const began = performance.now();
  for await (const _ of prefetch(items, 1)) await wait(20);
  expect(performance.now() - began).toBeLessThan(340);
});

it("hands out failures in their place", async () => {
  const items = [
    itemOf(0),
    itemOf(1, async () => Promise.reject(new OnnxplainError("E_IMAGE_READ", "cut off"))),
    itemOf(2, () => {
      throw new TypeError("odd");
    }),
    itemOf(3),
  ];
  const got: string[] = [];
  for await (const g of prefetch(items, 2))
    got.push("error" in g ? `${g.item.id} ${g.error.code} ${g.error.message}` : g.item.id);
  expect(got).toEqual(["0", "1 E_IMAGE_READ cut off", "2 E_INTERNAL internal: odd", "3"]);
});

it("stops at once when told, and closes the items", async () => {
  let closed = false;
  async function* items() {
    try {
      yield itemOf(0);
      for (let i = 1; ; i++) yield itemOf(i, () => new Promise<never>(() => {}));
    } finally {
      closed = true;
    }
  }
  const stop = new AbortController();
  const got: string[] = [];
  const run = async () => {
    for await (const { item } of prefetch(items(), 2, { signal: stop.signal })) {
      got.push(item.id);
      setTimeout(() => stop.abort(), 5);
    }
  };
  await expect(run()).rejects.toMatchObject({ code: "E_ABORTED", message: "Stopped after 1 items." });
  expect([got, closed]).toEqual([["0"], true]);
});

it("refuses to hold none", () => expect(prefetch([], 0).next()).rejects.toMatchObject({ code: "E_PARAM" }));
