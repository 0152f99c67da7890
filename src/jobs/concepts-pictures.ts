/** @file Pictures of data sets as the network sees them, those of one class and the rest. */
import type { DataSet } from "../data/dataset.ts";
import { joinLabels } from "../data/join-labels.ts";
import { prefetch } from "../data/prefetch.ts";
import { OnnxplainError } from "../errors.ts";
import { readInput } from "../explain/input.ts";
import type { Explainer } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { SeenPicture } from "../regions/concepts/patches.ts";

export interface SeenSet {
  readonly pictures: readonly SeenPicture[];
  /** The model's class of each, -1 where the data names none. */
  readonly labels: readonly number[];
  readonly notes: readonly string[];
}

export interface SeenOptions {
  readonly classifier: Classifier;
  readonly preprocessing?: Preprocessing | undefined;
  readonly wnids?: readonly (string | undefined)[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

const AHEAD = 4;

/** Every picture of the set that can be read; the others are counted in a note. Held as 8-bit pictures of the network's size. */
export async function seenPictures(model: Explainer, data: DataSet, options: SeenOptions): Promise<SeenSet> {
  const { classifier, preprocessing, wnids, signal } = options;
  const joined = joinLabels(data, { count: classifier.classes, labels: model.labels, wnids });
  const [pictures, labels] = [[] as SeenPicture[], [] as number[]];
  let unread = 0;
  for await (const got of prefetch(data.items(), AHEAD, { signal })) {
    if ("error" in got) {
      unread++;
      continue;
    }
    const { picture } = await readInput(model, classifier, got.image, { preprocessing });
    if (picture === undefined) throw new Error("internal: a picture was read as a tensor");
    pictures.push({ id: got.item.id, image: picture });
    labels.push(joined.of(got.item.label) ?? -1);
  }
  return {
    pictures,
    labels,
    notes: [
      ...data.notes,
      ...joined.report.notes,
      ...(unread > 0 ? [`${unread} pictures of \`${data.name}\` cannot be read and are left out.`] : []),
    ],
  };
}

/** Index of a class by label or number. Throws `E_TARGET_UNKNOWN`, `E_TARGET_RANGE`. */
export function classIndex(model: Explainer, classes: number, wanted: string | number): number {
  const named = model.labels?.indexOf(String(wanted)) ?? -1;
  if (named >= 0) return named;
  const index = Number(wanted);
  if (String(wanted).trim() === "" || !Number.isInteger(index))
    throw new OnnxplainError(
      "E_TARGET_UNKNOWN",
      `The model has no class \`${wanted}\`. Classes: ${(model.labels ?? []).slice(0, 20).join(", ") || `0 to ${classes - 1}`}.`,
    );
  if (index >= 0 && index < classes) return index;
  throw new OnnxplainError("E_TARGET_RANGE", `Expected a class from 0 to ${classes - 1}, got ${index}.`);
}

/** Pictures of the class, and those of other classes; a set without labels is all of the class. */
export function ofClass(
  { pictures, labels }: SeenSet,
  target: number,
): { readonly own: readonly SeenPicture[]; readonly others: readonly SeenPicture[] } {
  if (labels.every((l) => l < 0)) return { own: pictures, others: [] };
  return {
    own: pictures.filter((_, i) => labels[i] === target),
    others: pictures.filter((_, i) => labels[i] !== target && (labels[i] as number) >= 0),
  };
}
