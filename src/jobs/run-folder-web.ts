/** @file A page has no folders: runs are iterated there with `evaluate`. */
import { OnnxplainError } from "../errors.ts";
import type { OpenJob, OpenRun } from "./run-folder.ts";

export const openRun: OpenRun = async (folder) => {
  throw new OnnxplainError(
    "E_FILE",
    `A page cannot write the folder \`${folder}\`. Iterate \`evaluate\` and keep its rows.`,
  );
};

export const openJob: OpenJob = async (folder) => {
  throw new OnnxplainError(
    "E_FILE",
    `A page cannot write the folder \`${folder}\`. Drive \`trainer\` there and keep its state.`,
  );
};
