/** @file The binary files of CIFAR-10 and CIFAR-100: label bytes, then 32 x 32 pixels plane by plane. */
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import type { ImageU8 } from "../image/types.ts";
import { type Records, recent } from "./records.ts";

const SIDE = 32;
const PLANE = SIDE * SIDE;
/** Records read at once. */
const BLOCK = 256;

/** Label bytes of a record, and which of them counts (CIFAR-100 has the coarse label first). */
const LAYOUTS = [{ labels: 1 }, { labels: 2 }] as const;
const sizeOf = (labels: number): number => labels + 3 * PLANE;

/** Where class names may lie, one a line, in the order in which they are tried. */
const NAMES = ["fine_label_names.txt", "batches.meta.txt", "classes.txt", "labels.txt"] as const;

/** Label bytes of the records in a file of this size; undefined when it is none of CIFAR's. */
export function cifarLabelBytes(size: number, name: string): number | undefined {
  const fits = LAYOUTS.filter((l) => size > 0 && size % sizeOf(l.labels) === 0);
  return fits.length > 1 && /100|fine/.test(name) ? 2 : fits[0]?.labels;
}

/**
 * Records of one or more binary files, in the order given, read by ranges. `train…` and `data_batch…` are part `train`, `test…` part `test`.
 * Class names are read beside the files where they lie there. Throws `E_FILE` for a file that does not end with a record.
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export async function cifarRecords(
  name: string,
  locations: readonly string[],
  { classes }: { readonly classes?: readonly string[] | undefined } = {},
): Promise<Records> {
  const parts: {
    readonly location: string;
    readonly base: string;
    readonly labels: number;
    readonly start: number;
    readonly count: number;
  }[] = [];
  let count = 0;
  for (const location of locations) {
    const size = await files.size(location);
    const labels = cifarLabelBytes(size, location);
    if (labels === undefined)
      throw new OnnxplainError(
        "E_FILE",
        `\`${location}\` has ${size} bytes: neither records of ${sizeOf(1)} (CIFAR-10) nor of ${sizeOf(2)} (CIFAR-100). It is cut off, or of another layout.`,
        { file: location },
      );
    const own = size / sizeOf(labels);
    parts.push({ location, base: location.replace(/^.*[/\\]/, ""), labels, start: count, count: own });
    count += own;
  }
  const names = classes ?? (await namesBeside(locations[0] as string, parts[0]?.labels === 2));
  const partAt = (index: number) => parts.findLast((p) => p.start <= index) as (typeof parts)[number];
  const readers = new Map(
    parts.map((part) => [
      part,
      recent(async (block: number) => {
        const [from, to] = [block * BLOCK, Math.min((block + 1) * BLOCK, part.count)];
        return files.readRange(part.location, from * sizeOf(part.labels), to * sizeOf(part.labels));
      }, 3),
    ]),
  );
  return {
    name,
    count,
    classes: names,
    labels: names?.map((n, index) => ({ index, name: n })),
    splitOf: (i) => splitOf(partAt(i).base),
    item: async (i) => {
      const part = partAt(i);
      const row = i - part.start;
      const record = async (): Promise<Uint8Array> => {
        const block = await readers.get(part)?.(Math.floor(row / BLOCK));
        const size = sizeOf(part.labels);
        return (block as Uint8Array).subarray((row % BLOCK) * size, ((row % BLOCK) + 1) * size);
      };
      const index = (await record())[part.labels - 1] as number;
      const split = splitOf(part.base);
      return {
        id: `${part.base}#${row}`,
        label: { index, ...(names?.[index] === undefined ? {} : { name: names[index] }) },
        load: async () => interleaved((await record()).subarray(part.labels)),
        ...(split === undefined ? {} : { split }),
      };
    },
    notes: parts.length > 1 ? [`${parts.length} files as one set`] : [],
  };
}

const splitOf = (base: string): string | undefined =>
  /^(train|data_batch)/i.test(base) ? "train" : /^test/i.test(base) ? "test" : /^val/i.test(base) ? "val" : undefined;

async function namesBeside(location: string, fine: boolean): Promise<readonly string[] | undefined> {
  for (const name of NAMES) {
    if (!fine && name === NAMES[0]) continue;
    const bytes = await files.read(files.join(files.folderOf(location), name));
    const lines =
      bytes &&
      new TextDecoder()
        .decode(bytes)
        .trim()
        .split(/\s*\n\s*/);
    if (lines && lines[0] !== "") return lines;
  }
  return undefined;
}

function interleaved(planes: Uint8Array): ImageU8 {
  const data = new Uint8Array(3 * PLANE);
  for (let i = 0; i < PLANE; i++) for (let c = 0; c < 3; c++) data[3 * i + c] = planes[c * PLANE + i]!;
  return { width: SIDE, height: SIDE, channels: 3, data };
}
