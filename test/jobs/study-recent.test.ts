/** @file What stays at hand: made once while there is room, the oldest goes first, failures are not kept. */
import { expect, test } from "vitest";
import { recent } from "../../src/jobs/study-recent.ts";

const counting = (room: number) => {
  const made: string[] = [];
  const get = recent(
    async (key: string) => {
      made.push(key);
      if (key === "bad") throw new Error("no");
      return key.repeat(10);
    },
    { nameOf: (key) => key, sizeOf: (value) => value.length, room },
  );
  return { made, get };
};

test("what comes again is not made again, also while it is being made", async () => {
  const { made, get } = counting(100);
  expect(await Promise.all([get("a"), get("a"), get("b")])).toEqual(["a".repeat(10), "a".repeat(10), "b".repeat(10)]);
  await get("b");
  expect(made).toEqual(["a", "b"]);
});

test("the one asked for longest ago goes when there is no room", async () => {
  const { made, get } = counting(20);
  for (const key of ["a", "b", "a", "c", "a", "b"]) await get(key);
  expect(made).toEqual(["a", "b", "c", "b"]);
});

test("what is larger than the room is given and not kept", async () => {
  const { made, get } = counting(5);
  expect(await get("a")).toBe("a".repeat(10));
  await get("a");
  expect(made).toEqual(["a", "a"]);
});

test("what failed is made anew", async () => {
  const { made, get } = counting(100);
  await expect(get("bad")).rejects.toThrow("no");
  await expect(get("bad")).rejects.toThrow("no");
  expect(made).toEqual(["bad", "bad"]);
});
