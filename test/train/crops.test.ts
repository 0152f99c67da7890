/** @file Crops of training and test pictures against the reference set, and the windows that slide. */
import { describe, expect, it } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import type { ImageU8, Rect } from "../../src/image/types.ts";
import { slidingParts, slidingSize, slidingWindows } from "../../src/train/augment/sliding-windows.ts";
import { paddedSquare, squareFit, tenthOf } from "../../src/train/augment/ten-crop.ts";
import { goldenCase, MANIFEST } from "../fisher/golden.ts";
import { absent, hasShared } from "../shared.ts";

/** Red is x, green y. */
function places(width: number, height: number): ImageU8 {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([x, y, 0], (y * width + x) * 3);
  return { width, height, channels: 3, data };
}
const window = { width: 227, height: 227 };

describe.skipIf(!hasShared(MANIFEST))(`crops of the reference set${absent(MANIFEST)}`, () => {
  const golden = hasShared(MANIFEST) ? goldenCase("crops") : undefined;
  const sides = golden?.array("width_height") ?? [];
  const sizes = Array.from({ length: sides.length / 2 }, (_, i) => ({
    width: sides[2 * i]!,
    height: sides[2 * i + 1]!,
  }));
  it("has eight sizes", () => expect(sizes).toHaveLength(8));
  it("squares", () => {
    const fits = sizes.map((size) => squareFit(size, 256));
    golden!.expectOutput(
      "resized_w_h",
      fits.flatMap((f) => [f.width, f.height]),
    );
    golden!.expectOutput(
      "pad_left_right_top_bottom",
      fits.flatMap((f) => [f.left, 256 - f.width - f.left, f.top, 256 - f.height - f.top]),
    );
  });
  it("ten crops, read off pixels that name their place", () => {
    const corners = [0, 1, 2, 3, 4].flatMap((view) => {
      const { data } = tenthOf(places(256, 256), window, view);
      return [data[1]!, data[0]!];
    });
    golden!.expectOutput("crop_offsets", corners);
  });
  it("padded rows, read off pixels that name their place", () => {
    const square = paddedSquare(places(256, 192), 256, "bilinear");
    const rows = ({ width, height, data }: ImageU8): number[] =>
      Array.from({ length: height }, (_, y) => data[y * width * 3 + 1]!);
    golden!.expectOutput("row_source_500x375", rows(square));
    golden!.expectOutput("centre_crop_row_source_500x375", rows(tenthOf(square, window, 4)));
  });
  it("sliding windows", () => {
    const slid = sizes.map((size) => slidingSize(size, 256));
    golden!.expectOutput(
      "sliding_resized_w_h",
      slid.flatMap((s) => [s.width, s.height]),
    );
    const counts = slid.flatMap((size) => {
      const plain = slidingWindows(size, { window });
      const shifted = slidingWindows(size, { window, shifted: true });
      const [nx, ny] = (["left", "top"] as const).map((axis) => new Set(plain.map((r) => r[axis])).size);
      return [nx!, ny!, plain.length, shifted.length];
    });
    golden!.expectOutput("sliding_windows", counts);
  });
});

describe("sliding windows", () => {
  const lefts = (rects: readonly Rect[]): number[] => [...new Set(rects.map((r) => r.left))];
  it("stay inside; shifted ones end where the picture ends, once", () => {
    const small = { width: 3, height: 3 };
    const of = (width: number, shifted: boolean) =>
      lefts(slidingWindows({ width, height: 3 }, { window: small, stride: 4, shifted }));
    expect([of(10, false), of(10, true)]).toEqual([
      [0, 4],
      [0, 4, 7],
    ]);
    expect([of(11, false), of(11, true)]).toEqual([
      [0, 4, 8],
      [0, 4, 8],
    ]);
    expect(of(3, true)).toEqual([0]);
  });
  it("are cut out of the picture row by row", () => {
    const parts = [
      ...slidingParts(places(9, 5), {
        side: 5,
        resample: "bilinear",
        window: { width: 4, height: 4 },
        stride: 3,
        shifted: true,
      }),
    ];
    expect(parts.map(({ data }) => [data[0], data[1]])).toEqual([0, 1].flatMap((y) => [0, 3, 5].map((x) => [x, y])));
    for (const { width, height } of parts) expect([width, height]).toEqual([4, 4]);
  });
  it("refuses a window that does not fit, and a stride that does not move", () => {
    for (const run of [
      () => slidingWindows({ width: 226, height: 300 }, { window }),
      () => slidingWindows({ width: 300, height: 300 }, { window, stride: 0 }),
    ])
      expect(run).toThrow(OnnxplainError);
  });
});
