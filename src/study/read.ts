/** @file `study.json` read and checked: what is missing or of another kind is said before anything is served. */
import { OnnxplainError } from "../errors.ts";
import type { Study } from "./study.ts";

type Test = (v: unknown) => boolean;
const isText: Test = (v) => typeof v === "string";
const isShare: Test = (v) => typeof v === "number" && v >= 0 && v <= 1;
const isSide: Test = (v) => v === 0 || v === 1;
/** A name inside `pictures/`: no folder, nothing hidden. */
const isFile: Test = (v) => typeof v === "string" && /^[\w-][\w.-]*$/.test(v);
const orNull =
  (test: Test): Test =>
  (v) =>
    v === null || test(v);
const isSize: Test = (v) => Number.isSafeInteger(v) && (v as number) > 0;
const fits = (v: unknown, fields: Readonly<Record<string, Test>>): string | undefined =>
  typeof v !== "object" || v === null
    ? "an object"
    : Object.keys(fields).find((name) => !(fields[name] as Test)((v as Readonly<Record<string, unknown>>)[name]));

const SIMILAR: Readonly<Record<string, Test>> = { picture: isFile, heatMap: orNull(isFile), caption: orNull(isText) };
const QUESTION: Readonly<Record<string, Test>> = {
  id: (v) => typeof v === "string" && /^[A-Za-z0-9-]{1,64}$/.test(v),
  picture: isFile,
  width: isSize,
  height: isSize,
  sides: (v) => Array.isArray(v) && v.length === 2 && v.every(isText),
  prediction: isSide,
  probability: isShare,
  truth: isSide,
  heatMap: orNull(isFile),
  similar: (v) => Array.isArray(v) && v.every((s) => fits(s, SIMILAR) === undefined),
};
const STUDY: Readonly<Record<string, Test>> = {
  schema_version: (v) => v === 1,
  title: isText,
  tutorial: isText,
  consent: isText,
  stated_accuracy: orNull(isShare),
  actual_accuracy: isShare,
  seed: Number.isSafeInteger as Test,
  questions: Array.isArray as Test,
  source: (v) => typeof v === "object" && v !== null,
};

/** Throws `E_FILE`, naming the field. */
export function studyIn(json: string, name: string): Study {
  const refuse = (what: string, cause?: unknown): OnnxplainError =>
    new OnnxplainError("E_FILE", `\`${name}\` is no study: ${what}. Make one with \`onnxplain study new\`.`, {
      file: name,
      cause,
    });
  let found: unknown;
  try {
    found = JSON.parse(json);
  } catch (cause) {
    throw refuse("it is not JSON", cause);
  }
  const wrong = fits(found, STUDY);
  if (wrong !== undefined) throw refuse(`\`${wrong}\` is missing or not what it should be`);
  const study = found as Study;
  for (const [i, question] of study.questions.entries()) {
    const field = fits(question, QUESTION);
    if (field !== undefined) throw refuse(`\`${field}\` of question ${i} is missing or not what it should be`);
  }
  if (new Set(study.questions.map((q) => q.id)).size < study.questions.length)
    throw refuse("two questions have the same id");
  return study;
}
