/** @file The command line that shows the same. */
import type { Preprocessing } from "../../src/index.ts";
import { DRAWN } from "../state/examples.ts";
import type { MethodChoice } from "../state/view.ts";
import { commandText } from "./shell.ts";
import { changedPreprocessing, DRAWN_FOLDER, modelPath, picturePath, type Subject } from "./subject.ts";

type Words = readonly (readonly string[])[];

const list = (values: readonly number[]): string => values.map((v) => String(Number(v.toPrecision(9)))).join(",");

/** Ranges that the command line knows by name: `u * scale`, less `shift`. */
const RANGES = [
  ["0..1", 1 / 255, 0],
  ["0..255", 1, 0],
  ["-1..1", 1 / 127.5, 1],
] as const;

/** Mean and standard deviation in the units of a named range; of a scale without a name in those of `0..255`. */
function normalisation({ scale, mean, std }: Preprocessing): Words {
  const named = RANGES.find(([, s]) => Math.abs(s - scale) < 1e-12);
  const [name, , shift] = named ?? RANGES[1];
  const unit = named ? 1 : scale;
  return [
    ["--range", name],
    ["--mean", list(mean.map((m) => m / unit - shift))],
    ["--std", list(std.map((s) => s / unit))],
  ];
}

const sides = ({ height, width }: { readonly height: number; readonly width: number }): string =>
  height === width ? String(height) : `${height}x${width}`;

function sizing({ resize, crop }: Preprocessing): Words {
  const size = resize && ("shorterSide" in resize ? String(resize.shorterSide) : sides(resize));
  return [...(size ? [["--size", size]] : []), ...(crop ? [["--crop", sides(crop)]] : [])];
}

export const reading = (spec: Preprocessing): Words => [
  ...sizing(spec),
  ["--resample", spec.resample],
  ...normalisation(spec),
  ...(spec.channelOrder === "BGR" ? [["--bgr"]] : []),
];

const paramText = (value: unknown): string => (Array.isArray(value) ? value.join(",") : String(value));

/** Parameters by method: `--param grad-cam.relu=false`. */
const params = (methods: readonly MethodChoice[]): Words =>
  methods.flatMap(({ method, params: own }) =>
    Object.entries(own).map(([name, value]) => ["--param", `${method}.${name}=${paramText(value)}`]),
  );

/** What draws the example's pictures; undefined where the picture is somebody's own. */
export const drawCommand = ({ drawn }: Subject): string | undefined =>
  drawn
    ? commandText("synth", [
        ["-o", DRAWN_FOLDER],
        ["--count", String(DRAWN.count)],
        ["--seed", String(DRAWN.seed)],
        ["--classes", DRAWN.classes.join(",")],
        ["--splits", DRAWN.splits.join(",")],
      ])
    : undefined;

/** `onnxplain explain …` into a folder of evidence. */
export function explainCommand(subject: Subject, out = "evidence"): string {
  const { view, source } = subject;
  const changed = changedPreprocessing(subject);
  return commandText("explain", [
    [picturePath(subject)],
    ["--model", modelPath(source)],
    ["--method", view.methods.map((m) => m.method).join(",")],
    ...view.targets.map((t) => ["--target", t]),
    ...(view.layer ? [["--layer", view.layer]] : []),
    ...params(view.methods),
    ...view.edits.map((e) => ["--edit", e]),
    ...(changed ? reading(changed) : []),
    ...(view.output === "probability" ? [["--output", "probability"]] : []),
    ...(view.seed === 0 ? [] : [["--seed", String(view.seed)]]),
    ...(view.batch ? [["--batch", String(view.batch)]] : []),
    ...(view.look.cmap ? [["--cmap", view.look.cmap]] : []),
    ...(view.look.reducer ? [["--reduce", view.look.reducer]] : []),
    ["--alpha", String(view.look.alpha)],
    ["-o", out],
  ]);
}

/** `onnxplain compile …` for one method. */
export const compileCommand = ({ source, view }: Subject, { method, params: own }: MethodChoice): string =>
  commandText("compile", [
    ["--model", modelPath(source)],
    ["--method", method],
    ...(view.layer ? [["--layer", view.layer]] : []),
    ...Object.entries(own).map(([name, value]) => ["--param", `${name}=${paramText(value)}`]),
    ["-o", `${method}.onnx`],
  ]);
