/** @file Stills of the page, PNG and SVG, from made-up frames: what they draw, where, in which colours. */
import { describe, expect, it } from "vitest";
import { decodeImage } from "../../../src/image/decode-node.ts";
import { categoryColor, differenceColor, shareColor } from "../../../src/report/patterns/palette.ts";
import { pixelsOf, svgOf } from "../../../src/report/patterns/pen.ts";
import { patternsPng, patternsSvg, STILL_KINDS } from "../../../src/report/patterns/stills.ts";
import { madePatterns } from "./made.ts";

const made = madePatterns();
const pixelAt = ({ width, channels, data }: Awaited<ReturnType<typeof decodeImage>>, x: number, y: number): number[] =>
  Array.from(data.subarray((y * width + x) * channels, (y * width + x) * channels + 3));

describe("the pen", () => {
  const drawing = {
    width: 20,
    height: 10,
    title: "a <b>",
    draw: (pen: Parameters<Parameters<typeof pixelsOf>[0]["draw"]>[0]): void => {
      pen.rect({ left: 0, top: 0, width: 5, height: 10 }, [200, 0, 0], 0.5);
      pen.disc(10, 5, 3, [0, 0, 200]);
      pen.line(
        [
          [15, 0],
          [15, 10],
        ],
        2,
        [0, 100, 0],
      );
      pen.picture(
        { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) },
        { left: 18, top: 0, width: 2, height: 2 },
      );
      pen.write({ text: "<&", x: 0, y: 5, color: [0, 0, 0] });
    },
  };
  it("draws the same in pixels, two a unit", () => {
    const image = pixelsOf({ ...drawing, draw: (pen) => drawing.draw({ ...pen, write: () => undefined }) });
    expect([image.width, image.height]).toEqual([40, 20]);
    expect(pixelAt(image, 4, 4)).toEqual([228, 128, 128]);
    expect(pixelAt(image, 20, 10)).toEqual([0, 0, 200]);
    expect(pixelAt(image, 13, 10)).toEqual([255, 255, 255]);
    expect(pixelAt(image, 29, 10)).toEqual([0, 100, 0]);
    expect(pixelAt(image, 30, 10)).toEqual([0, 100, 0]);
    expect(pixelAt(image, 32, 10)).toEqual([255, 255, 255]);
    expect(pixelAt(image, 37, 1)).toEqual([1, 2, 3]);
  });
  it("draws as SVG that is escaped and asks for nothing", async () => {
    const { markup } = await svgOf(drawing);
    expect(markup).toContain('aria-label="a &lt;b&gt;"');
    expect(markup).toContain(">&lt;&amp;</text>");
    expect(markup).toContain('<rect x="0" y="0" width="5" height="10" fill="#c80000" fill-opacity="0.5"/>');
    expect(markup).toContain('<circle cx="10" cy="5" r="3" fill="#0000c8"/>');
    expect(markup).toContain('href="data:image/png;base64,');
  });
});

describe("stills", () => {
  it.each(STILL_KINDS)("%s: a PNG and an SVG of one shape", async (kind) => {
    const image = await decodeImage(await patternsPng(made, { kind }));
    const svg = await patternsSvg(made, { kind });
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
    if (kind !== "curves") expect([image.width, image.height]).toEqual([2 * Number(width), 2 * Number(height)]);
    expect(new Set(new Uint32Array(Uint8Array.from(image.data).buffer)).size).toBeGreaterThan(20);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/NaN|undefined|<made>|(href|src)="(?!data:)/);
  });
  it("the space has a dot for every picture near enough, an arrow and a name for every category, a legend", async () => {
    const svg = await patternsSvg(made, { kind: "space" });
    const legend = 10;
    const dots = svg.split("<circle").length - 1 - legend;
    expect(dots).toBeGreaterThan(50);
    expect(dots).toBeLessThanOrEqual(60);
    // paper and colour, shaft and head
    expect(svg.split("<path").length - 1).toBe(10 * 4);
    for (const { name } of made.categories) expect(svg.split(`>${name}</text>`).length - 1).toBe(2);
    expect(svg).toContain("epoch 20: 60 samples, coloured by label");
  });
  it("in the plane of two dimensions a point lies where its coordinates say", async () => {
    const flat = madePatterns({ dimension: 2, frames: 1, categories: 4 });
    const one = {
      ...flat,
      frames: flat.frames.map((f) => ({ ...f, points: Float32Array.from(f.points, (_, i) => (i % 2 === 0 ? 2 : 0)) })),
    };
    const svg = await patternsSvg(one, { kind: "plane" });
    expect(svg).toContain(`<circle cx="${320 + 0.82 * 320}" cy="320" r="3" fill="#`);
  });
  it("regions are coloured by certainty, category, and change", async () => {
    const image = await decodeImage(await patternsPng(made, { kind: "regions", picture: 1, against: 0 }));
    const grids = made.frames[3]!.layers[1]!.grids;
    const before = made.frames[0]!.layers[1]!.grids;
    const place = 16 + 5;
    const [cell, step] = [168 / 4, 168 + 14];
    // the corner of the cell in the second row and column, inside of any outline
    const at = (column: number): number[] =>
      pixelAt(image, 2 * (16 + column * step + cell) + 4, 2 * (56 + (168 + 38) + cell) + 4);
    expect(at(1)).toEqual([...shareColor(grids.largest[place]!)]);
    expect(grids.largest[place]).toBeGreaterThan(made.tau);
    expect(at(2)).toEqual([...categoryColor(grids.winners[place]!)]);
    expect(at(3)).toEqual([...differenceColor(grids.largest[place]! - before.largest[place]!)]);
  });
  it("say what they cannot draw", async () => {
    await expect(patternsPng(made, { kind: "space", layer: 7 })).rejects.toMatchObject({ code: "E_LAYER_UNKNOWN" });
    await expect(patternsPng(made, { kind: "space", frame: 9 })).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(patternsSvg(madePatterns({ shown: 0 }), { kind: "regions" })).rejects.toMatchObject({
      code: "E_PARAM",
    });
    expect(await patternsSvg(madePatterns({ frames: 1, layers: 1 }), { kind: "curves" })).toContain(
      "nothing to draw a line through",
    );
  });
});
