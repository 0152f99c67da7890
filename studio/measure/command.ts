/** @file The command line that gives the same numbers. */
import type { MetricChoice } from "../engine/calls/measure.ts";
import { reading } from "../take/command.ts";
import { commandText } from "../take/shell.ts";
import { changedPreprocessing, DRAWN_FOLDER, modelPath, type Subject } from "../take/subject.ts";
import { methodName, nameOf } from "./names.ts";

export interface MeasuredSubject extends Subject {
  readonly target: string;
  readonly agreement: readonly string[];
}

/** Gain as the board shows it, then whatever else was chosen; each metric once. */
export function metricsOf({ view }: Subject, chosen: readonly MetricChoice[]): readonly string[] {
  const { rho, base, score } = view.measure;
  const gain = { rho, base, ...(score === "logit" ? { score } : {}) };
  const all = [nameOf("scg", gain), nameOf("ccg", gain), ...chosen.map((c) => nameOf(c.metric, c.params))];
  return [...new Set(all)];
}

/** `onnxplain evaluate …` over the folder that holds the picture. */
export function evaluateCommand(subject: MeasuredSubject, chosen: readonly MetricChoice[]): string {
  const { view, source, drawn, target, agreement } = subject;
  const changed = changedPreprocessing(subject);
  return commandText("evaluate", [
    ["--model", modelPath(source)],
    ["--data", drawn ? DRAWN_FOLDER : "photos"],
    ["--methods", [...new Set(view.methods.map(methodName))].join(",")],
    ["--metrics", metricsOf(subject, chosen).join(",")],
    ...(agreement.length > 1 ? [["--agreement", agreement.join("+")]] : []),
    ...(target === "predicted" ? [] : [["--target", target]]),
    ...(view.layer ? [["--layer", view.layer]] : []),
    ...(changed ? reading(changed) : []),
    ...(view.output === "probability" ? [["--output", "probability"]] : []),
    ...(view.seed === 0 ? [] : [["--seed", String(view.seed)]]),
    ...(view.measure.baselines ? [] : [["--no-baselines"]]),
    ["-o", "run"],
  ]);
}
