/** @file A page has no folder to write a data set into. */
import { OnnxplainError } from "../errors.ts";
import type { WriteSynth } from "./synth.ts";

export const writeSynth: WriteSynth = async (folder) => {
  throw new OnnxplainError(
    "E_FILE",
    `Cannot write \`${folder}\`: there are no folders here. \`synthDataSet\` draws the same pictures in memory.`,
    { file: folder },
  );
};
