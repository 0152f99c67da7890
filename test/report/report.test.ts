/** @file The HTML report: whole, self-contained, escaped; its data are the explanation's. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Explainer, htmlReport, loadModel, OnnxplainError, type ReportSubject } from "../../src/index.ts";
import { escapeHtml, html } from "../../src/report/html/markup.ts";
import { softmax } from "../../src/report/html/tables.ts";
import { dummyNet } from "../methods/nets.ts";
import { LABELS, made } from "./made.ts";

let model: Explainer;
beforeAll(async () => {
  model = await loadModel(dummyNet, { labels: LABELS, name: "nets/<my> net/model.onnx" });
});
afterAll(() => model.dispose());

const subject = (rest: Partial<ReportSubject> = {}): ReportSubject => ({
  image: `"><script>alert(1)</script>.jpg`,
  explanations: [made(), made({ method: "gradient", notes: ["<i>noted</i>"], params: { n: [1, 2] } })],
  failures: [],
  ...rest,
});
const report = (s = [subject()], rest = {}): Promise<string> =>
  htmlReport(s, { model, command: `onnxplain explain 'a b.jpg' --target '<x>'`, ...rest });

describe("escaping", () => {
  it("of text, and of nothing that is markup already", () => {
    expect(escapeHtml(`<a href="x" title='y'>&\0`)).toBe("&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\ufffd");
    expect(html`<p>${["<", html`<b>${"&"}</b>`, undefined, 3]}</p>`.markup).toBe("<p>&lt;<b>&amp;</b>3</p>");
  });
  it("of everything that comes from outside", async () => {
    const failures = [{ method: "lrp", error: new OnnxplainError("E_RUNTIME", "<u>bad</u>") }];
    const page = await report([subject({ failures })]);
    for (const hostile of ["<script>alert", "<b>cat", "<i>noted", "<u>bad", "<my>", "'<x>'", `"bird" &`])
      expect(page, hostile).not.toContain(hostile);
    for (const text of [
      "&lt;b&gt;cat&lt;/b&gt;",
      "&lt;i&gt;noted",
      "&lt;u&gt;bad",
      "&lt;my&gt; net",
      "&#39;&lt;x&gt;&#39;",
    ])
      expect(page, text).toContain(text);
    expect(page.match(/<script>/g)).toHaveLength(1);
  });
});

describe("one file", () => {
  it("asks for nothing: every address is in the file", async () => {
    const page = await report();
    for (const [, address] of page.matchAll(/(?:href|src)="([^"]*)"/g))
      expect(address).toMatch(/^(#[\w-]+|data:image\/png;base64,)/);
    expect(page).not.toMatch(/https?:\/\/|@import|url\((?!#)/);
    for (const [, id] of page.matchAll(/(?:href="|url\()#([\w-]+)/g)) expect(page).toContain(`id="${id}"`);
  });
  it("whose policy names its style and script by their hashes, and allows no inline attributes", async () => {
    const page = await report();
    const hash = (tag: string): string => {
      const [, text = ""] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page) ?? [];
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toBe(
      `default-src 'none'; img-src data:; style-src ${hash("style")}; script-src ${hash("script")}; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/<[^>]* (style|on\w+)=/);
  });
  it("holds the picture once, and well-formed elements", async () => {
    const page = await report();
    expect(page.match(/id="picture-0"/g)).toHaveLength(1);
    expect(page.match(/href="#picture-0"/g)).toHaveLength(5);
    const open: string[] = [];
    const body = page.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, "");
    for (const [, end, name = "", self] of body.matchAll(/<(\/?)([a-z][\w]*)(?:\s[^>]*?)?(\/?)>/gi)) {
      if (self || ["meta", "input", "br"].includes(name)) continue;
      if (end) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});

describe("what it says", () => {
  it("scores, softmax, and the classes asked for", async () => {
    const [p0] = softmax(Float32Array.of(2, 1, -1));
    expect(p0).toBeCloseTo(Math.exp(2) / (Math.exp(2) + Math.exp(1) + Math.exp(-1)), 12);
    expect(softmax(Float32Array.of(1000, 0))).toEqual(Float64Array.of(1, 0));
    const page = await report();
    expect(page).toContain(`<td class="n">${(100 * (p0 as number)).toFixed(1)} %</td><td class="n">2</td>`);
    expect(page).toContain("dog (1) against &quot;bird&quot; &amp; &#39;fish&#39; (2)");
  });
  it("raw values for the pointer: exact for small maps, 16 bits of the greatest for large ones", async () => {
    const page = await report();
    const [, first = ""] = /data-columns="2" data-rows="2" data-map="([^"]*)"/.exec(page) ?? [];
    const bytes = Uint8Array.from(Buffer.from(first, "base64"));
    expect(Array.from(new Float32Array(bytes.buffer))).toEqual([1, -2, 0, 0.5]);
    const values = Float32Array.from({ length: 70 * 70 }, (_, i) => Math.sin(i));
    const one = made({ values, dims: [1, 70, 70], targets: made().targets.slice(0, 1) });
    const large = await report([subject({ explanations: [one] })]);
    const [, scale = "", steps = ""] = /data-scale="([^"]*)" data-map="([^"]*)"/.exec(large) ?? [];
    const read = new Int16Array(Uint8Array.from(Buffer.from(steps, "base64")).buffer);
    const worst = values.reduce((m, v, i) => Math.max(m, Math.abs(v - (read[i] as number) * Number(scale))), 0);
    expect(worst).toBeLessThanOrEqual(0.5 / 32767 + 1e-7);
  });
  it("checks, notes of one method, what is missing, and the command", async () => {
    const failures = [{ method: "lrp", error: new OnnxplainError("E_RUNTIME", "why not") }];
    const page = await report([subject({ failures })]);
    expect(page).toMatch(/grad-cam: convergence delta.*?<td class="n">0\.25<\/td><td class="n">0\.5<\/td>/);
    expect(page).toContain("<strong>gradient:</strong> &lt;i&gt;noted");
    expect(page).toContain("<strong>lrp is missing</strong> (E_RUNTIME): why not");
    expect(page).toContain("<code>onnxplain explain &#39;a b.jpg&#39;");
    expect(page).toContain(await model.digest());
  });
  it("the ledger of every map, with what is left of each node and the sums", async () => {
    const entry = {
      node: "a",
      op: "Conv",
      rule: "epsilon",
      received: 1,
      passed: 0.5,
      bias: 0.25,
      stabilizer: 0.125,
      dead: 0,
    };
    const ledgers = [[entry, { ...entry, node: "<b>" }], [entry]];
    const page = await report([subject({ explanations: [made({ ledgers })] })]);
    expect(page).toContain("2 nodes, 0.5 to biases, 0.25 to stabilisers, 0 dead");
    expect(page).toContain(
      `<tr><th scope="row">&lt;b&gt;</th><td>Conv</td><td>epsilon</td>${[1, 0.5, 0.25, 0.125, 0, 0.125].map((v) => `<td class="n">${v}</td>`).join("")}</tr>`,
    );
  });
  it("an article for each image of a tensor, without a picture", async () => {
    const tensor = made({ picture: undefined, images: 2, targets: [{ index: 0 }, { index: 2 }] });
    const page = await report([subject({ explanations: [tensor], image: "x.npy" })]);
    expect(page.match(/<article/g)).toHaveLength(2);
    expect(page).toContain("x.npy, image 2 of 2");
    expect(page).not.toContain('class="slider"');
    expect(page).not.toContain("#picture");
  });
  it("alternative texts that say where the map is strongest", async () => {
    const page = await report();
    expect(page).toContain(
      'aria-label="grad-cam heat map for &lt;b&gt;cat&lt;/b&gt; (0), values from -2 to 1, strongest in the upper right"',
    );
  });
  it("refuses an opacity that is none", async () => {
    await expect(report([subject()], { picture: { alpha: 2 } })).rejects.toMatchObject({ code: "E_PARAM" });
  });
});
