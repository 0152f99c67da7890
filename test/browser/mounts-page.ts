/** @file What a test may ask of mounted folders inside a page; on `window.mounts`. */
import { bringToLife } from "../../page/behaviours.ts";
import {
  configureRuntime,
  explain,
  loadModel,
  type MountedRun,
  mountFolder,
  mountRemote,
  OnnxplainError,
  openDataSet,
  openRepresenters,
  openRunPage,
  type RunsListing,
  unmount,
} from "../../src/index.ts";

const tried = async <T>(job: () => Promise<T>): Promise<T | string> => {
  try {
    return await job();
  } catch (error) {
    return error instanceof OnnxplainError ? error.code : String(error);
  }
};

const mountsPage = {
  configure: configureRuntime,
  /** Files by path, fetched whole as a dropped folder holds them. */
  mount: async (name: string, files: readonly (readonly [path: string, url: string])[]): Promise<string> =>
    mountFolder(
      name,
      await Promise.all(files.map(async ([path, url]) => [path, await (await fetch(url)).blob()] as const)),
    ),
  remote: (listing: RunsListing): readonly MountedRun[] => mountRemote(location.href, listing),
  unmount,
  explain: async (at: string, image: string): Promise<readonly number[]> => {
    await using model = await loadModel(at);
    return Array.from((await explain(model, image, { method: "gradient", target: "predicted" })).values);
  },
  labels: async (at: string): Promise<readonly string[]> => {
    await using model = await loadModel(at);
    return model.labels ?? [];
  },
  items: async (at: string): Promise<readonly (readonly [id: string, label: string | undefined, sum: number])[]> => {
    const found: [string, string | undefined, number][] = [];
    for await (const { id, label, load } of (await openDataSet(at)).items())
      found.push([id, label?.name, Array.from((await load()).data).reduce((a, b) => a + b, 0)]);
    return found;
  },
  representers: async (at: string): Promise<readonly number[]> => {
    const { fitted, train, heldOut } = await openRepresenters(at);
    const rows: number[] = [];
    for await (const block of train.features.blocks()) rows.push(...block.rows.subarray(0, 4));
    return [fitted.count, fitted.classes, heldOut?.labels.length ?? 0, ...fitted.theta.subarray(0, 4), ...rows];
  },
  view: async (at: string) => {
    const { kind, page, missing } = await openRunPage(at);
    return { kind, missing, main: page.main.markup, behaviours: page.behaviours };
  },
  /** The page inside this one, alive; resolves when it is shown. */
  show: async (at: string): Promise<void> => {
    const { page } = await openRunPage(at);
    const root = document.createElement("article");
    root.innerHTML = page.main.markup;
    document.body.replaceChildren(root);
    bringToLife(root, page.behaviours);
  },
  viewFails: (at: string): Promise<unknown> => tried(() => openRunPage(at)),
} as const;

declare global {
  interface Window {
    mounts: typeof mountsPage;
  }
}
window.mounts = mountsPage;
