/** @file Long markup cut into pieces: together they are the markup, each is whole in itself, none is long. */
import { describe, expect, it } from "vitest";
import { page } from "../../src/report/html/page.ts";
import { explainView } from "../../src/report/representers/explain.ts";
import { type Piece, piecesOf } from "../../studio/engine/run-pieces.ts";
import { madeExplain } from "../report/representers/made-pages.ts";

/** The markup again; elements that were gone into are closed by their names. */
function joined(pieces: readonly Piece[]): string {
  const open: string[] = [];
  let all = "";
  for (const [step, markup = ""] of pieces) {
    if (step === "out") all += `</${open.pop()}>`;
    else {
      all += markup;
      if (step === "in") open.push(/^<([\w-]+)/.exec(markup)?.[1] ?? "");
    }
  }
  expect(open).toEqual([]);
  return all;
}

describe("pieces", () => {
  it("of a long report are short, and make it again", () => {
    const { markup } = explainView(madeExplain("many")).main;
    const pieces = piecesOf(markup);
    expect(markup.length).toBeGreaterThan(100_000);
    expect(joined(pieces)).toBe(markup);
    expect(pieces.length).toBeGreaterThan(markup.length / 20_000);
    const lengths = pieces.map(([, m = ""]) => m.length);
    expect(Math.max(...lengths)).toBeLessThan(20_000);
  });

  it("are whole elements, also of one long table", () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `<tr data-v="a > ${i}"><td>${i}<br></td></tr>`).join("");
    const markup = `<p>before</p><table><tbody>${rows}</tbody></table>after`;
    const pieces = piecesOf(markup);
    expect(joined(pieces)).toBe(markup);
    expect(pieces.length).toBeGreaterThan(5);
    for (const [step, own] of pieces)
      if (step === "html") expect((own.match(/<tr/g) ?? []).length).toBe((own.match(/<\/tr>/g) ?? []).length);
  });

  it("leave scripts, drawings and what is not closed as they are", () => {
    const script = `<div><script type="application/json">${JSON.stringify({ a: "<b></div>", b: "x".repeat(50_000) })}</script></div>`;
    expect(joined(piecesOf(script))).toBe(script);
    expect(piecesOf(script).some(([, m]) => m?.startsWith("<script") && m.endsWith("</script>"))).toBe(true);
    const broken = `<div><p>${"x".repeat(50_000)}</div>`;
    expect(piecesOf(broken)).toEqual([["html", broken]]);
    expect(piecesOf("")).toEqual([]);
  });

  it("hold for a file as it is written", async () => {
    const file = await page(explainView(madeExplain()));
    const body = file.slice(file.indexOf("<body>"), file.indexOf("</body>") + 7);
    expect(joined(piecesOf(body))).toBe(body);
  });
});
