/** @file The sheet of many maps and the panels of a terminal, from explanations with known values. */
import { describe, expect, it } from "vitest";
import { explanationSheet, type ImageU8, overlayPicture, showInTerminal } from "../../src/index.ts";
import { LABELS, made } from "./made.ts";

const E = "\x1b";

/** Is `part` somewhere in `whole`, pixel for pixel? */
function contains(whole: ImageU8, part: ImageU8): boolean {
  const row = (y: number): Buffer => Buffer.from(part.data.subarray(3 * y * part.width, 3 * (y + 1) * part.width));
  const all = Buffer.from(whole.data);
  for (let at = all.indexOf(row(0)); at >= 0; at = all.indexOf(row(0), at + 1)) {
    if (at % 3 !== 0) continue;
    const stride = 3 * whole.width;
    if (
      Array.from({ length: part.height }, (_, y) => all.indexOf(row(y), at + y * stride) === at + y * stride).every(
        Boolean,
      )
    )
      return true;
  }
  return false;
}

describe("the sheet", () => {
  const other = made({ method: "gradient", values: Float32Array.of(0, 3, 1, 1, -1, 1, -1, 1) });
  const drawn = explanationSheet([made(), other], { labels: LABELS });
  it("holds the picture and every map with its colour bar", () => {
    for (const e of [made(), other])
      for (const index of [0, 1]) expect(contains(drawn, overlayPicture(e, { index, dot: 2 }))).toBe(true);
    expect(contains(drawn, overlayPicture(made(), { style: "original", colorbar: false }))).toBe(true);
  });
  it("has a column for each method and a row for each target", () => {
    const one = explanationSheet([made()]);
    const oneRow = made({ targets: made().targets.slice(0, 1), values: made().values.slice(0, 4), dims: [1, 2, 2] });
    expect(drawn.width).toBeGreaterThan(one.width + 224);
    expect(one.height).toBeGreaterThan(explanationSheet([oneRow]).height + 224);
    expect(explanationSheet([made({ picture: undefined })]).width).toBeLessThan(one.width);
  });
  it("refuses none, and maps of different targets", () => {
    expect(() => explanationSheet([])).toThrow(/at least one/);
    expect(() => explanationSheet([made(), made({ targets: made().targets.slice(0, 1) })])).toThrow(/same targets/);
  });
});

describe("panels", () => {
  const plain = (text: string): string => text.replaceAll(new RegExp(`${E}\\[[\\d;]*m`, "g"), "");
  it("stand side by side where they fit, below one another where not", async () => {
    const other = made({ method: "gradient", layer: undefined });
    const wide = plain(await showInTerminal([made(), other], { kind: "blocks", columns: 80, labels: LABELS })).split(
      "\n",
    );
    expect(wide[0]).toBe("<b>cat</b> (0), logit 2");
    expect(wide[1]).toBe(`${"grad-cam at conv".padEnd(41)}gradient`);
    expect(wide).toContain(`dog (1) against "bird" & 'fish' (2), logit 2`);
    expect(Math.max(...wide.map((l) => l.length))).toBeLessThanOrEqual(80);
    const narrow = plain(await showInTerminal([made(), other], { kind: "blocks", columns: 40 })).split("\n");
    expect(narrow).toContain("gradient");
    expect(Math.max(...narrow.map((l) => l.length))).toBeLessThanOrEqual(40);
  });
  it("print the scale, and no escape at all without colour", async () => {
    const text = await showInTerminal([made()], { kind: "ascii", columns: 60 });
    expect(text).toContain("-2 .. 2 (blue-red)");
    expect(text).not.toContain(E);
    expect(text.split("\n").filter((l) => l.length === 60)).toHaveLength(2 * 30);
  });
  it("are one picture where the terminal shows pictures", async () => {
    expect(await showInTerminal([made()], { kind: "kitty", columns: 60 })).toMatch(
      new RegExp(`^${E}_Ga=T,f=100,q=2,c=60,m=[01];iVBOR`),
    );
    expect(await showInTerminal([made()], { kind: "iterm", columns: 60 })).toMatch(
      new RegExp(`^${E}]1337;File=inline=1;.*:iVBOR`),
    );
  });
});
