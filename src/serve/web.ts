/** @file A page can serve nothing and has no folder to write into. */
import { OnnxplainError } from "../errors.ts";
import type { ServeStudio, WriteStudio } from "./studio-options.ts";
import type { ReadStudyRecords, ServeStudy } from "./study-options.ts";

const nothingHere = (what: string): never => {
  throw new OnnxplainError(
    "E_DEVICE",
    `A page cannot ${what}: that takes Node. Use \`onnxplain\` on the command line.`,
  );
};

export const serveStudio: ServeStudio = async () => nothingHere("serve the studio");
export const writeStudio: WriteStudio = async () => nothingHere("write the studio's files");
export const serveStudy: ServeStudy = async () => nothingHere("serve a study");
export const readStudyRecords: ReadStudyRecords = async () => nothingHere("read a study's records");
