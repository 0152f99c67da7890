/** @file The model and the pictures that are open. */
import { computed, effect, signal } from "@preact/signals";
import type { ModelDetails, ModelFacts, ModelSource } from "../engine/calls/model.ts";
import type { PictureFacts } from "../engine/calls/pictures.ts";
import { call, generation } from "../engine/client.ts";
import { FIRST_VIEW, linked, setView, view } from "./view.ts";
import { work } from "./work.ts";

export const source = signal<ModelSource>({ kind: "example", id: "shapes" });
export const model = signal<ModelFacts | undefined>(undefined);
/** Undefined while it is being found out. */
export const details = signal<ModelDetails | undefined>(undefined);

/** A picture on the desk: a file, or one of the example's. */
export interface OpenPicture extends PictureFacts {
  readonly file: File | undefined;
}
export const pictures = signal<readonly OpenPicture[]>([]);
export const chosen = signal<string | undefined>(undefined);
export const picture = computed(() => pictures.value.find((p) => p.id === chosen.value));

/** Changes when an answer of the worker would: another model, another worker. */
export const epoch = signal(0);

const EXAMPLES = { prefix: "example" } as const;

export async function openModel(next: ModelSource): Promise<boolean> {
  const name = next.kind === "example" ? `example “${next.id}”` : next.name;
  const facts = await work(`Opening ${name}`, (tools) => call("openModel", next, tools));
  if (facts === undefined) return false;
  const before = model.peek();
  const other = facts.sha256 !== before?.sha256;
  source.value = next;
  model.value = facts;
  epoch.value++;
  if (other) details.value = undefined;
  if (other && before) forgetOrBring(next);
  return true;
}

/** What was set for the model before is left; what a link set waits for the first model of its reader's own. */
function forgetOrBring(next: ModelSource): void {
  const brought = next.kind === "files" ? linked.peek() : undefined;
  const { layer, preprocessing, targets } = brought ?? FIRST_VIEW;
  setView({ layer, preprocessing, targets });
  if (brought) linked.value = undefined;
}

/** What takes a moment is asked for once the first map is there. */
export async function readDetails(): Promise<void> {
  if (details.peek() || !model.peek()) return;
  const asked = epoch.peek();
  const found = await work("Looking at the model", (tools) => call("modelDetails", null, tools));
  if (asked === epoch.peek()) details.value = found;
}

let counted = 0;

/** The first that opens is shown. */
export async function addPictures(files: readonly File[]): Promise<void> {
  let first = true;
  for (const file of files) {
    const id = `p${counted++}`;
    const facts = await work(`Reading ${file.name}`, (tools) => call("openPicture", { id, file }, tools));
    if (facts === undefined) continue;
    pictures.value = [...pictures.peek(), { ...facts, file }];
    if (first) choose(id);
    first = false;
  }
}

export function choose(id: string): void {
  if (id === chosen.peek()) return;
  chosen.value = id;
  setView({ edits: [] });
}

export async function closePicture(id: string): Promise<void> {
  const left = pictures.peek().filter((p) => p.id !== id);
  pictures.value = left;
  if (chosen.peek() === id) {
    chosen.value = left[0]?.id;
    setView({ edits: [] });
  }
  await call("closePicture", { id });
}

async function drawExamples(): Promise<void> {
  const drawn = await work("Drawing pictures", (tools) => call("drawPictures", EXAMPLES, tools));
  if (drawn === undefined) return;
  pictures.value = [...pictures.peek().filter((p) => p.file), ...drawn.map((p) => ({ ...p, file: undefined }))];
  if (chosen.peek() === undefined) chosen.value = pictures.peek()[0]?.id;
}

/** The bundled network with pictures that it never saw. */
export const openExample = async (id: "shapes" | "shortcut" = "shapes"): Promise<void> => {
  await Promise.all([openModel({ kind: "example", id }), drawExamples()]);
};

/** Does the worker hold what is on the desk? False while a new one is given it again. */
export const ready = signal(true);

/** A new worker knows nothing: it is given again what the old one held. */
async function giveAgain(): Promise<void> {
  if (model.peek() === undefined) return;
  ready.value = false;
  const asked = known;
  await openModel(source.peek());
  await work("Reading the pictures again", async (tools) => {
    for (const { id, file } of pictures.peek()) if (file) await call("openPicture", { id, file }, tools);
    if (pictures.peek().some((p) => !p.file)) await call("drawPictures", EXAMPLES, tools);
  });
  if (asked !== known) return;
  ready.value = true;
  epoch.value++;
}
let known = 0;
effect(() => {
  if (generation.value === known) return;
  known = generation.value;
  void giveAgain();
});

/** What every question to the worker has in common. */
export const runSettings = computed(() => {
  const { device, output, seed, preprocessing, batch } = view.value;
  return { device, output, seed, preprocessing, batch };
});
