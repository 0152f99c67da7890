/** @file What is on the screen, by the names that a command line or a program would use for it. */
import type { Preprocessing } from "../../src/index.ts";
import type { ModelSource } from "../engine/calls/model.ts";
import type { View } from "../state/view.ts";

export interface Subject {
  readonly view: View;
  readonly source: ModelSource;
  /** What the model states, or the guess: a given preprocessing that says the same is not repeated. */
  readonly stated: Preprocessing;
  /** File name, as it was dropped or as `synth` would write it. */
  readonly picture: string;
  /** The picture is the example's: number `index` of those that are drawn. */
  readonly drawn: boolean;
}

export const DRAWN_FOLDER = "pictures";

export const modelPath = (source: ModelSource): string =>
  source.kind === "example" ? `node_modules/onnxplain/demo/${source.id}` : source.name;

export const picturePath = ({ picture, drawn }: Subject): string => (drawn ? `${DRAWN_FOLDER}/${picture}` : picture);

/** The preprocessing where it was changed. */
export function changedPreprocessing({ view, stated }: Subject): Preprocessing | undefined {
  const { preprocessing } = view;
  return preprocessing && JSON.stringify(preprocessing) !== JSON.stringify(stated) ? preprocessing : undefined;
}
