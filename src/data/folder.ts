/** @file Folders of pictures: a folder for each class (in parts, or not), or pictures without labels. */
import { files } from "#files";
import type { FileEntry } from "../jobs/files.ts";
import type { DataLabel } from "./dataset.ts";
import { isPictureName, readPicture } from "./picture-files.ts";
import { distinctLabels, firstFew, isSplitName, type Records } from "./records.ts";
import { wnidOf } from "./wnid.ts";

interface Found {
  /** Relative, with `/` between. */
  readonly path: string;
  readonly className?: string;
  readonly split?: string;
}
interface Count {
  others: number;
  hidden: number;
}

const isHidden = (name: string): boolean => name.startsWith(".") || name === "__MACOSX";

/**
 * The pictures of a folder, by path in the order of code units. Folders that hold pictures at any depth are classes, in sorted order;
 * when all of them are called `train`, `val`, `test` or the like, they are parts, and classes lie in them. `classes` states
 * an order of its own.
 */
export async function folderRecords(root: string, classes?: readonly string[]): Promise<Records> {
  const count: Count = { others: 0, hidden: 0 };
  const top = await visible(root, count);
  const folders = top.filter((e) => e.folder).map((e) => e.name);
  const loose = pictures(top, count).map((path): Found => ({ path }));
  const parts = folders.length > 0 && folders.every(isSplitName);
  const perClass: { readonly name: string; readonly found: readonly Found[] }[] = [];
  for (const folder of folders) {
    if (!parts) perClass.push({ name: folder, found: await within(root, folder, count) });
    else
      for (const entry of await visible(files.join(root, folder), count))
        if (entry.folder)
          perClass.push({
            name: entry.name,
            found: (await within(root, `${folder}/${entry.name}`, count)).map((f) => ({ ...f, split: folder })),
          });
        else if (isPictureName(entry.name)) loose.push({ path: `${folder}/${entry.name}`, split: folder });
        else count.others++;
  }
  const labelled = perClass.filter((c) => c.found.length > 0);
  const flat = loose.length > 0 && (labelled.length < 2 || (parts && loose.some((f) => f.split !== undefined)));
  const ignored = [
    ...(count.others > 0 ? [`${count.others} files that are no pictures ignored`] : []),
    ...(count.hidden > 0 ? [`${count.hidden} hidden files or folders ignored`] : []),
  ];
  if (flat) {
    const inFolders = labelled.reduce((sum, c) => sum + c.found.length, 0);
    return records(root, {
      found: loose,
      names: undefined,
      classes,
      notes: [
        "pictures without labels",
        ...(inFolders > 0 ? [`${inFolders} pictures in folders below ignored`] : []),
        ...ignored,
      ],
    });
  }
  const names = [...new Set(perClass.map((c) => c.name))].sort();
  const used = new Set(labelled.map((c) => c.name));
  const empty = names.filter((n) => !used.has(n));
  return records(root, {
    found: labelled.flatMap(({ name, found }) => found.map((f) => ({ ...f, className: name }))),
    names,
    classes,
    notes: [
      ...(loose.length > 0 ? [`${loose.length} pictures beside the class folders ignored`] : []),
      ...(empty.length > 0 ? [`${empty.length} class folders without pictures: ${firstFew(empty)}`] : []),
      ...ignored,
    ],
  });
}

function records(
  root: string,
  {
    found,
    names,
    classes,
    notes,
  }: {
    readonly found: readonly Found[];
    readonly names: readonly string[] | undefined;
    readonly classes: readonly string[] | undefined;
    readonly notes: readonly string[];
  },
): Records {
  const order = names && (classes ?? names);
  const labels = new Map((names ?? []).map((name) => [name, labelOf(name, order?.indexOf(name) ?? -1)]));
  const unknown = classes ? (names ?? []).filter((n) => !classes.includes(n)) : [];
  return {
    name: root,
    count: found.length,
    classes: order ?? classes,
    ...(names ? { labels: distinctLabels(labels.values()) } : {}),
    ...(names && !classes ? { sortedClasses: true } : {}),
    splitOf: (i) => found[i]?.split,
    item: (i) => {
      const { path, className, split } = found[i] as Found;
      return {
        id: path,
        label: className === undefined ? undefined : labels.get(className),
        load: () => readPicture(files.join(root, path)),
        ...(split === undefined ? {} : { split }),
      };
    },
    notes: [
      ...notes,
      ...(unknown.length > 0 ? [`${unknown.length} folders are none of the classes given: ${firstFew(unknown)}`] : []),
    ],
  };
}

/** `n01440764_tench` states a WordNet id and a name. */
function labelOf(folder: string, index: number): DataLabel {
  const { wnid, rest } = wnidOf(folder);
  return { ...(index < 0 ? {} : { index }), name: rest === "" ? folder : rest, ...(wnid ? { wnid } : {}) };
}

async function visible(folder: string, count: Count): Promise<readonly FileEntry[]> {
  const entries = await files.list(folder);
  count.hidden += entries.filter((e) => isHidden(e.name)).length;
  return entries.filter((e) => !isHidden(e.name));
}

function pictures(entries: readonly FileEntry[], count: Count): readonly string[] {
  const plain = entries.filter((e) => !e.folder).map((e) => e.name);
  const found = plain.filter(isPictureName);
  count.others += plain.length - found.length;
  return found;
}

/** Pictures at any depth below a folder of the root. */
async function within(root: string, folder: string, count: Count): Promise<readonly Found[]> {
  const entries = await visible(files.join(root, folder), count);
  const found = pictures(entries, count).map((name): Found => ({ path: `${folder}/${name}` }));
  for (const e of entries) if (e.folder) found.push(...(await within(root, `${folder}/${e.name}`, count)));
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
