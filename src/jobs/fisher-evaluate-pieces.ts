/** @file Pieces of an evaluation, one a picture, kept as soon as they are made: a stopped run loses the picture it was at. */
import { OnnxplainError } from "../errors.ts";
import type { ModelId } from "./fisher-evaluate-judge.ts";
import type { PicturePiece } from "./fisher-evaluate-picture.ts";
import type { JobFolder } from "./run-folder.ts";

/** Scores of one picture; NaN for a class that a model does not know. */
export interface ScorePiece {
  readonly id: string;
  readonly scores: Readonly<Partial<Record<ModelId, Float64Array>>>;
}

export type ScoredPicture = ScorePiece | { readonly id: string; readonly error: string };

/** Folders of the pieces. */
export const PIECES = ["scores", "relevance"] as const;

const nameOf = (folder: (typeof PIECES)[number], place: number): string =>
  `${folder}/${String(place).padStart(6, "0")}.json`;

/** What stands is not made again; what is made is read back, so that a resumed run goes on with the same numbers. */
async function kept<T extends { readonly id: string }>(
  job: JobFolder,
  name: string,
  { id, make }: { readonly id: string; readonly make: () => Promise<T> },
): Promise<T> {
  const found = await job.read(name);
  const text = found === undefined ? `${JSON.stringify(await make())}\n` : new TextDecoder().decode(found);
  const piece = JSON.parse(text) as T;
  if (piece.id !== id)
    throw new OnnxplainError(
      "E_PARAM",
      `\`${job.folder}/${name}\` is of \`${piece.id}\`, the data has \`${id}\` in its place. Restore the data, or begin anew.`,
    );
  if (found === undefined) await job.write(name, text);
  return piece;
}

/** JSON has no NaN: null stands for it. */
type PlainScores = Readonly<Partial<Record<ModelId, readonly (number | null)[]>>>;

export async function keptScores(
  job: JobFolder,
  place: number,
  id: string,
  make: () => Promise<ScorePiece["scores"]>,
): Promise<ScoredPicture> {
  const piece = await kept<{ id: string; scores?: PlainScores; error?: string }>(job, nameOf("scores", place), {
    id,
    make: async () => {
      try {
        const made = Object.entries(await make()).map(([model, row]) => [model, [...row]]);
        return { id, scores: Object.fromEntries(made) as PlainScores };
      } catch (cause) {
        // a picture that cannot be read or taken is left out; all else stops the run
        if (!(cause instanceof OnnxplainError) || !OF_PICTURE.has(cause.code)) throw cause;
        return { id, error: cause.message };
      }
    },
  });
  if (piece.scores === undefined) return { id, error: piece.error ?? "" };
  const rows = Object.entries(piece.scores).map(([model, row]) => [
    model,
    Float64Array.from(row, (v) => v ?? Number.NaN),
  ]);
  return { id, scores: Object.fromEntries(rows) as ScorePiece["scores"] };
}

const OF_PICTURE: ReadonlySet<string> = new Set(["E_FILE", "E_IMAGE_READ", "E_INPUT_SHAPE"]);

export const keptPicture = (
  job: JobFolder,
  place: number,
  id: string,
  make: () => Promise<PicturePiece>,
): Promise<PicturePiece> => kept(job, nameOf("relevance", place), { id, make });
