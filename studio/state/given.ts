/** @file What the command line was started with: a model and pictures of this machine, opened as if they had been dropped. */
import type { SharedFolder } from "../../src/index.ts";
import { openFiles } from "../explain/opening.ts";
import { openExample } from "./session.ts";
import { work } from "./work.ts";

interface Given {
  readonly model?: SharedFolder | null;
  readonly images?: readonly SharedFolder[];
}

async function fetched({ name, at, files }: SharedFolder): Promise<readonly (readonly [string, File])[]> {
  return Promise.all(
    files.map(async ({ path }) => {
      const answer = await fetch(`./${at}${path.split("/").map(encodeURIComponent).join("/")}`);
      if (!answer.ok) throw new Error(`\`${path}\` of \`${name}\` is not there any more (HTTP ${answer.status}).`);
      return [`${name}/${path}`, new File([await answer.blob()], path.split("/").at(-1) ?? path)] as const;
    }),
  );
}

/** Opens what was given, and the example for what was not. */
export async function openFirst(): Promise<void> {
  const answer = await fetch("./given.json").catch(() => undefined);
  const { model, images = [] } = (answer?.ok ? await answer.json().catch(() => ({})) : {}) as Given;
  if (!model && images.length === 0) return openExample();
  if (!model) await openExample();
  await work("Reading what was given", async () => {
    const folders = [...(model ? [model] : []), ...images];
    for (const folder of folders) await openFiles(await fetched(folder));
  });
}
