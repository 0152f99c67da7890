/** @file What was dropped or chosen: a model with what belongs to it, and pictures. */
import { addPictures, openModel } from "../state/session.ts";
import { report } from "../state/work.ts";

type Named = readonly [path: string, file: File];

const PICTURE = /\.(png|jpe?g|webp|gif|bmp|avif|tiff?)$/i;
const GRAPH = /\.onnx$/i;
/** Pictures that are opened of one folder, and files that are looked at. */
const MOST_PICTURES = 24;
const MOST_FILES = 20_000;

const isPicture = ([path, file]: Named): boolean => PICTURE.test(path) || file.type.startsWith("image/");
const isHidden = ([path]: Named): boolean => /(^|\/)\./.test(path);

/** The folder that all paths share falls away, and names the model. */
function withoutRoot(files: readonly Named[]): { readonly name: string; readonly files: readonly Named[] } {
  const root = files[0]?.[0].split("/")[0] ?? "";
  const shared = files.every(([path]) => path.startsWith(`${root}/`));
  if (!shared)
    return {
      name:
        files
          .find(([path]) => GRAPH.test(path))?.[0]
          .split("/")
          .at(-1) ?? "model",
      files,
    };
  return { name: root, files: files.map(([path, file]) => [path.slice(root.length + 1), file]) };
}

/** Open a model where there is one, and the pictures beside it. */
export async function openFiles(all: readonly Named[]): Promise<void> {
  const files = all.filter((f) => !isHidden(f));
  const hasModel = files.some(([path]) => GRAPH.test(path));
  const pictures = files.filter(isPicture).map(([, file]) => file);
  if (!hasModel && pictures.length === 0) {
    report(
      "Opening what was given",
      new Error(
        "It holds no .onnx file and no picture. Give an ONNX model, a folder with one, or PNG, JPEG or WebP pictures.",
      ),
    );
    return;
  }
  if (hasModel) {
    const { name, files: inside } = withoutRoot(files.filter((f) => !isPicture(f)));
    if (!(await openModel({ kind: "files", name, files: inside }))) return;
  }
  if (pictures.length > 0) await addPictures(pictures.slice(0, MOST_PICTURES));
}

/** Files of an `<input type="file">`, with their paths where a folder was chosen. */
export const filesOf = (list: FileList | null): readonly Named[] =>
  [...(list ?? [])].map((file) => [file.webkitRelativePath || file.name, file]);

const entriesOf = (folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> => {
  const reader = folder.createReader();
  const part = (): Promise<FileSystemEntry[]> => new Promise((done, fail) => reader.readEntries(done, fail));
  return (async () => {
    const all: FileSystemEntry[] = [];
    // a reader hands out a hundred at a time, and nothing at the end
    for (let some = await part(); some.length > 0 && all.length < MOST_FILES; some = await part()) all.push(...some);
    return all;
  })();
};

async function walked(entry: FileSystemEntry, found: Named[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    found.push([entry.fullPath.replace(/^\//, ""), file]);
  } else for (const inside of await entriesOf(entry as FileSystemDirectoryEntry)) await walked(inside, found);
}

/** Files and folders that were dropped. */
export async function dropped(transfer: DataTransfer): Promise<readonly Named[]> {
  // entries must be asked for before anything is awaited
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const taken = items.map((item) => [item.webkitGetAsEntry(), item.getAsFile()] as const);
  const found: Named[] = [];
  for (const [entry, file] of taken) {
    if (entry) await walked(entry, found);
    else if (file) found.push([file.name, file]);
  }
  return found;
}
