/** @file Work in steps: its answer, its progress, and a signal that arrives in the middle. */
import { expect, test } from "vitest";
import { inTurns, type Progress } from "../../src/jobs/in-turns.ts";

function* busy(steps: number, milliseconds: number): Generator<Progress, string> {
  for (let i = 1; i <= steps; i++) {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
    yield [i, steps];
  }
  return "done";
}

test("gives what the steps give, and says how many are done", async () => {
  const seen: Progress[] = [];
  expect(await inTurns(busy(3, 0), { onProgress: (...p) => void seen.push(p) })).toBe("done");
  expect(seen).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
});

test("a signal from outside stops it between two steps", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 10);
  const work = inTurns(busy(1000, 5), { signal: stop.signal });
  await expect(work).rejects.toMatchObject({ code: "E_ABORTED", message: /Stopped after \d+ of 1000 steps/ });
  await expect(inTurns(busy(1, 0), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "E_ABORTED" });
});
