/** @file What serving and writing the studio take and return; only a machine with a disk and ports does it. */
import type { SharedFolder } from "../formats/shared-folder.ts";
import type { Listening } from "./listen.ts";

export interface ServeStudioOptions {
  /** Default 8080; 0 takes any that is free. */
  readonly port?: number | undefined;
  /** Ports to try, upwards from `port`, while they are taken; default 1. */
  readonly tries?: number | undefined;
  /** Folders that earlier commands wrote, to look at: `/runs.json` lists them, `/runs/0/…` are the files of the first. */
  readonly runs?: readonly string[] | undefined;
  /** An `.onnx` file or a folder as on the Hugging Face hub, to open at the start: `/given.json`, `/given/model/…`. */
  readonly model?: string | undefined;
  /** Picture files, or folders of them, to open at the start: `/given/images/0/…`. */
  readonly images?: readonly string[] | undefined;
  /** The built app; default where the package has it. */
  readonly app?: string | undefined;
  /** Is told of faults that a page hears nothing about. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/**
 * Serve the studio on `127.0.0.1`, where nothing but this machine reaches it, cross-origin isolated (so that the runtime has threads)
 * and under a strict Content-Security-Policy. Files are read only; of the folders given, nothing outside them, hidden in them or
 * linked out of them is served.
 * @throws OnnxplainError `E_FILE` when the app was not built, or a path is not there; `E_PORT` when the port is taken.
 * @example const { url, close } = await serveStudio({ runs: ["run/"] });
 */
export type ServeStudio = (options?: ServeStudioOptions) => Promise<Listening>;

/**
 * Write the studio as plain files for any static host: the app, the runtime's files under `ort/`, `_headers` for hosts that read
 * one, and `README.txt`. Returns the names of the files.
 * @throws OnnxplainError `E_FILE` when the app was not built, or the folder exists and is not empty.
 */
export type WriteStudio = (
  folder: string,
  options?: { readonly app?: string | undefined },
) => Promise<readonly string[]>;

/** `/given.json`. */
export interface GivenListing {
  readonly model: SharedFolder | null;
  readonly images: readonly SharedFolder[];
}
