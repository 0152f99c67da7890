/** @file What is taken away in words: links that come back, commands that the command line reads, programs that compile. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Preprocessing } from "../../../src/index.ts";
import { FIRST_VIEW, type View } from "../../../studio/state/view.ts";
import { explainCommand } from "../../../studio/take/command.ts";
import { linkOf, viewOf } from "../../../studio/take/link.ts";
import { programOf } from "../../../studio/take/program.ts";
import type { Subject } from "../../../studio/take/subject.ts";

const stated: Preprocessing = {
  resize: { shorterSide: 256 },
  crop: { width: 224, height: 224 },
  resample: "bilinear",
  channelOrder: "RGB",
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  layout: "nchw",
};
const view: View = {
  ...FIRST_VIEW,
  methods: [
    { method: "grad-cam", params: { relu: false } },
    { method: "occlusion", params: { sliding_window_shapes: [3, 9, 9] } },
  ],
  targets: ["predicted", "207-208"],
  layer: "block 3/it's",
  seed: 4,
  edits: ["box=0,0,12,9,fill=mean"],
  preprocessing: { ...stated, mean: [0.5, 0.5, 0.5], channelOrder: "BGR" },
  look: { cmap: "viridis", reducer: "sum", alpha: 0.4 },
};
const subject: Subject = {
  view,
  source: { kind: "files", name: "my net.onnx", files: [] },
  stated,
  picture: "a dog.jpg",
  drawn: false,
};
const words = (command: string): readonly string[] =>
  execFileSync("bash", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" })
    .split("\n")
    .slice(0, -1);

describe("links", () => {
  it("bring the view back", () => {
    expect(viewOf(`#${linkOf(view)}`)).toEqual(view);
    expect(viewOf(linkOf(FIRST_VIEW))).toEqual(FIRST_VIEW);
  });
  it("hold nothing of model or picture", () => expect(linkOf(view)).not.toMatch(/dog|net\.onnx/));
  it.each(["", "#measure", "#v=", "#v=%", "#v={", "#v=[]", "#v=null", `#v=${"x".repeat(30_000)}`])(
    "are refused when they are none: %.20s",
    (fragment) => expect(viewOf(fragment)).toBeUndefined(),
  );
  it("of strangers lose what does not fit", () => {
    const hostile = {
      tab: "admin",
      methods: [{ method: "<img src=x>", params: {} }, { method: "lrp", params: { "a b": 1, rule: { x: 1 } } }, 7],
      targets: [{}, "x".repeat(1000), "<b>cat</b>"],
      layer: 3,
      seed: -1,
      edits: ["box=0,0,1,1,fill=grey", "rm -rf"],
      look: { alpha: 7 },
      preprocessing: { mean: "no" },
      __proto__: { polluted: true },
    };
    const read = viewOf(`#v=${encodeURIComponent(JSON.stringify(hostile))}`);
    expect(read).toEqual({
      ...FIRST_VIEW,
      methods: [{ method: "lrp", params: {} }],
      targets: ["<b>cat</b>"],
      edits: ["box=0,0,1,1,fill=grey"],
    });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("the command line", () => {
  it("says everything, in words that a shell keeps whole", () => {
    expect(words(explainCommand(subject))).toEqual([
      "onnxplain",
      "explain",
      "a dog.jpg",
      ...["--model", "my net.onnx", "--method", "grad-cam,occlusion"],
      ...["--target", "predicted", "--target", "207-208", "--layer", "block 3/it's"],
      ...["--param", "grad-cam.relu=false", "--param", "occlusion.sliding_window_shapes=3,9,9"],
      ...["--edit", "box=0,0,12,9,fill=mean", "--size", "256", "--crop", "224", "--resample", "bilinear"],
      ...["--range", "0..1", "--mean", "0.5,0.5,0.5", "--std", "0.229,0.224,0.225", "--bgr", "--seed", "4"],
      ...["--cmap", "viridis", "--reduce", "sum", "--alpha", "0.4", "-o", "evidence"],
    ]);
  });
  it("repeats no preprocessing that the model states", () =>
    expect(explainCommand({ ...subject, view: { ...view, preprocessing: { ...stated } } })).not.toContain("--mean"));
  it("has scales without a name in units of 0..255", () => {
    const odd: Preprocessing = { ...stated, scale: 0.5, mean: [10, 20, 30], std: [2, 4, 8] };
    const command = explainCommand({ ...subject, view: { ...view, preprocessing: odd } });
    expect(command).toMatch(/--range 0\.\.255[\s\\]+--mean 20,40,60[\s\\]+--std 4,8,16/);
  });
});

describe("the program", () => {
  it("reads, edits, explains", () => {
    const text = programOf(subject);
    expect(text).toContain('import { applyEdits, decodeImage, explainAll, loadModel, parseEdit } from "onnxplain";');
    expect(text).toContain('await loadModel("my net.onnx")');
    expect(text).toContain('["box=0,0,12,9,fill=mean"].map(parseEdit)');
    expect(text).toContain('layer: "block 3/it\'s"');
  });
  it("draws the example's pictures itself", () =>
    expect(programOf({ ...subject, picture: "test/cup/000003", drawn: true })).toContain("synthDataSet({"));
});
