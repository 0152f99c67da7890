/** @file What is taken away: pictures, arrays, a report, the evidence bundle as zip, the explanation as a graph. */
import type { Explanations } from "../../../src/index.ts";
import type { MethodChoice } from "../../state/view.ts";
import type { Handler } from "../handler.ts";
import { heldModel, heldPicture, runOptions } from "../held.ts";
import type { PaintOptions, PictureAsk } from "./explain.ts";

export type Form = "png" | "zip" | "html" | "safetensors";

export interface TakeAsk extends PictureAsk {
  readonly form: Form;
  /** File name of the picture. */
  readonly name: string;
  readonly methods: readonly MethodChoice[];
  readonly layer?: string | undefined;
  readonly targets: readonly string[];
  readonly look: PaintOptions & { readonly alpha: number };
  /** What makes the same, for the report and the manifest. */
  readonly command: string;
}

/** A file, and what is missing in it. */
export interface Taken {
  readonly file: Blob;
  readonly name: string;
  readonly missing: readonly { readonly method: string; readonly message: string }[];
}

export interface TakeCalls {
  take: { readonly input: TakeAsk; readonly output: Taken };
  /** The explanation as a stand-alone ONNX file. */
  compile: {
    readonly input: {
      readonly choice: MethodChoice;
      readonly layer?: string | undefined;
      readonly output: "logits" | "probability";
    };
    readonly output: { readonly file: Blob; readonly name: string; readonly outputs: readonly string[] };
  };
}

const TYPES: Readonly<Record<Form, string>> = {
  png: "image/png",
  zip: "application/zip",
  html: "text/html",
  safetensors: "application/octet-stream",
};

type Library = typeof import("../library.ts");

async function bytesOf(form: Form, made: Explanations, ask: TakeAsk, library: Library): Promise<Uint8Array> {
  const model = heldModel();
  const { name: image, command, look } = ask;
  switch (form) {
    case "png":
      return library.encodePng(library.explanationSheet(made.explanations, { ...look, labels: model.labels }));
    case "safetensors":
      return library.manySafetensors(made.explanations);
    case "html":
      return new TextEncoder().encode(
        await library.htmlReport([{ ...made, image }], { model, command, picture: look }),
      );
    case "zip":
      return library.zipped(await library.bundleOfMany(made, { model, image, command }, look));
  }
}

export const takeHandlers: { readonly [K in keyof TakeCalls]: Handler<K> } = {
  take: async (ask, { signal, onProgress }) => {
    const library = await import("../library.ts");
    const { picture, edits, run, methods, layer, targets, form } = ask;
    const made = await library.explainAll(heldModel(), heldPicture(picture, edits), {
      ...(await runOptions(run)),
      methods,
      ...(layer ? { layer } : {}),
      target: targets,
      signal,
      onProgress,
    });
    const bytes = await bytesOf(form, made, ask, library);
    const stem = ask.name.replace(/^.*\//, "").replace(/\.\w+$/, "");
    const missing = made.failures.map(({ method, error }) => ({ method, message: error.message }));
    const file = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: TYPES[form] });
    return { output: { file, name: `${stem}-explained.${form}`, missing } };
  },
  compile: async ({ choice, layer, output }) => {
    const { compile } = await import("../library.ts");
    const { method, params } = choice;
    const { bytes, outputs } = await compile(heldModel(), { method, params, output, ...(layer ? { layer } : {}) });
    return { output: { file: new Blob([bytes as Uint8Array<ArrayBuffer>]), name: `${method}.onnx`, outputs } };
  },
};
