/** @file Features of a network cut at its last linear layer, against reference values (`ch3/net_features`). */
import { expect, test } from "vitest";
import { writeModelBytes } from "../../src/graph/write.ts";
import { cutForPictures } from "../../src/jobs/representers-network.ts";
import { loadModel } from "../../src/load.ts";
import { thetaOf } from "../../src/representers/cut.ts";
import { inMemory } from "../../src/representers/features.ts";
import { scoresOfAll } from "../../src/representers/linear.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { absent, hasShared, readSharedNpy, shared } from "../shared.ts";

const FOLDER = "golden2/ch3/net_features";
const [MEAN, STD] = [
  [0.4914, 0.4822, 0.4465],
  [0.247, 0.2435, 0.2616],
];
const [SMALL, LARGE] = [32, 64];

/** Twice as large, bilinear with half-pixel centres and clamped edges, then normalised. */
function enlarged(pixels: ArrayLike<number>, from: number): Float32Array {
  const taps = Array.from({ length: LARGE }, (_, o) => {
    const at = Math.max((o + 0.5) / 2 - 0.5, 0);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, SMALL - 1), at - low] as const;
  });
  return Float32Array.from({ length: 3 * LARGE * LARGE }, (_, i) => {
    const c = Math.floor(i / LARGE / LARGE);
    const [y0, y1, ty] = taps[Math.floor(i / LARGE) % LARGE] as (typeof taps)[number];
    const [x0, x1, tx] = taps[i % LARGE] as (typeof taps)[number];
    const u = (y: number, x: number): number => (pixels[from + (c * SMALL + y) * SMALL + x] as number) / 255;
    const row = (y: number): number => u(y, x0) + tx * (u(y, x1) - u(y, x0));
    return (row(y0) + ty * (row(y1) - row(y0)) - (MEAN[c] as number)) / (STD[c] as number);
  });
}

const near = (got: ArrayLike<number>, want: ArrayLike<number>): number => {
  let worst = 0;
  for (let i = 0; i < want.length; i++)
    worst = Math.max(
      worst,
      Math.abs((got[i] as number) - (want[i] as number)) / (1e-4 + 1e-4 * Math.abs(want[i] as number)),
    );
  return got.length === want.length ? worst : Number.POSITIVE_INFINITY;
};

test.skipIf(!hasShared(FOLDER))(`features of c_caffenet${absent(FOLDER)}`, async () => {
  await using model = await loadModel(shared("golden/models/c_caffenet.onnx"));
  const { cut } = cutForPictures(model);
  const session = await openSession(writeModelBytes(cut.model));
  const read = (path: string) => readSharedNpy(`golden2/${path}.npy`).data as Float32Array;
  try {
    for (const [name, count] of [
      ["train", 2000],
      ["test", 200],
    ] as const) {
      const pixels = read(`shared/${name}_u8`);
      const got = new Float32Array(count * cut.width);
      for (let first = 0; first < count; first += 50) {
        const data = new Float32Array(50 * 3 * LARGE * LARGE);
        for (let i = 0; i < 50; i++) data.set(enlarged(pixels, (first + i) * 3 * SMALL * SMALL), i * 3 * LARGE * LARGE);
        const images = { dtype: "float32", dims: [50, 3, LARGE, LARGE], data } as const;
        const rows = (await session.run({ [cut.input]: images }, [cut.output]))[cut.output]?.data as Float32Array;
        got.set(rows, first * cut.width);
      }
      expect(near(got, read(`ch3/net_features/F_${name}`)), name).toBeLessThanOrEqual(1);
      if (name === "train" || cut.end === undefined) continue;
      const theta = thetaOf(cut.end, true);
      expect(theta).toEqual(Float64Array.from(read("ch3/net_teacher_softmax/Theta_given")));
      const layer = { theta, classes: 10, width: cut.width, bias: true };
      expect(
        near(await scoresOfAll(inMemory(got, cut.width), layer), read("ch3/net_features/logits_test")),
      ).toBeLessThanOrEqual(1);
    }
  } finally {
    await session.dispose();
  }
});
