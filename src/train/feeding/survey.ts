/** @file What of a data set can be trained on: labels that are classes, pictures that can be read; and what is left out. */
import type { DataItem, DataLabel, DataSet } from "../../data/dataset.ts";
import { prefetch } from "../../data/prefetch.ts";
import { firstFew } from "../../data/records.ts";
import { OnnxplainError } from "../../errors.ts";
import { type LabelOptions, labelling } from "./labelling.ts";

/** A picture that is not trained on, and why. */
export interface Skipped {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

export interface SurveyOptions extends LabelOptions {
  /** Pictures whose label is no class, or that have none: `refuse` (default) them all with an error, or `skip` them. */
  readonly badLabels?: "refuse" | "skip" | undefined;
}

/** A picture with the classes it shows. */
export interface Labelled {
  readonly item: DataItem;
  readonly classes: readonly number[];
}

export interface Survey {
  readonly names: readonly string[];
  readonly several: boolean;
  readonly labelled: readonly Labelled[];
  readonly skipped: readonly Skipped[];
}

/** Items that are looked at again because they have no label, at once. */
const PROBED_AT_ONCE = 4;
const isLabelFault = ({ code }: Skipped): boolean => code === "E_TARGET_RANGE" || code === "E_TARGET_UNKNOWN";

/**
 * Labels of all items, before anything else is read. Throws `E_TARGET_RANGE` or `E_TARGET_UNKNOWN` for labels that are no classes (the
 * first ones by name, and how many), `E_DATA_EMPTY` where no picture is left.
 */
export async function survey(data: DataSet, options: SurveyOptions): Promise<Survey> {
  const items: DataItem[] = [];
  for await (const item of data.items()) items.push(item);
  const usable = usableBy(options);
  const labels = items.flatMap(({ label }) => (usable(label) ? [label] : []));
  const { names, several, of } = labelling(data, labels, options);
  const labelled: Labelled[] = [];
  const skipped: Skipped[] = [];
  const unlabelled: DataItem[] = [];
  for (const item of items) {
    if (!usable(item.label)) {
      unlabelled.push(item);
      continue;
    }
    try {
      labelled.push({ item, classes: of(item.label) });
    } catch (error) {
      skipped.push(skippedOf(item.id, error));
    }
  }
  skipped.push(...(await whyUnlabelled(unlabelled)));
  refuseFaults(skipped.filter(isLabelFault), { count: items.length, names, options });
  requireSome(labelled, data.name, skipped);
  return { names, several, labelled, skipped };
}

/** A label that names a class, or that `classOf` may know one for. */
const usableBy =
  ({ classOf }: LabelOptions) =>
  (label: DataLabel | undefined): label is DataLabel =>
    label !== undefined && (classOf ?? label.index ?? label.name ?? label.several) !== undefined;

/** A coded error becomes a line of the list; any other is thrown on. */
export function skippedOf(id: string, error: unknown): Skipped {
  if (!(error instanceof OnnxplainError) || error.code === "E_INTERNAL") throw error;
  return { id, code: error.code, message: error.message };
}

/** Throws `E_DATA_EMPTY` for none. */
export function requireSome(pictures: readonly [], name: string, skipped: readonly Skipped[]): never;
export function requireSome(pictures: readonly Labelled[], name: string, skipped: readonly Skipped[]): void;
export function requireSome(pictures: readonly Labelled[], name: string, skipped: readonly Skipped[]): void {
  if (pictures.length > 0) return;
  const why = skipped.slice(0, 3).map((s) => ` ${s.id}: ${s.message}`);
  throw new OnnxplainError(
    "E_DATA_EMPTY",
    `No picture of \`${name}\` can be trained on; ${skipped.length} were left out.${why.join("")} Mend them, or name other data.`,
  );
}

/** An item without a label may be one that cannot be read, or whose label is beyond the data's classes; loading it tells. */
async function whyUnlabelled(items: readonly DataItem[]): Promise<readonly Skipped[]> {
  const bare = items.map(({ id, load }): DataItem => ({ id, load, label: undefined }));
  const out: Skipped[] = [];
  for await (const got of prefetch(bare, PROBED_AT_ONCE))
    out.push(
      "error" in got
        ? skippedOf(got.item.id, got.error)
        : { id: got.item.id, code: "E_TARGET_UNKNOWN", message: "it has no label" },
    );
  return out;
}

function refuseFaults(
  faults: readonly Skipped[],
  {
    count,
    names,
    options,
  }: { readonly count: number; readonly names: readonly string[]; readonly options: SurveyOptions },
): void {
  const [first] = faults;
  if (first === undefined || options.badLabels === "skip") return;
  throw new OnnxplainError(
    first.code === "E_TARGET_RANGE" ? "E_TARGET_RANGE" : "E_TARGET_UNKNOWN",
    `${faults.length} of ${count} pictures have no label that is one of the ${names.length} classes${names.length > 0 ? ` (${firstFew(names)})` : ""}: ` +
      `${firstFew(faults.map(({ id, message }) => `\`${id}\`: ${message}`))}. Mend the labels, state \`classes\`, or set \`badLabels\` to \`skip\`.`,
  );
}
