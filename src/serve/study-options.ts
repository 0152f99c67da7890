/** @file What serving a study and reading its records take and return; only a machine with a disk and ports does it. */
import type { StudyRecords } from "../study/study.ts";
import type { Listening } from "./listen.ts";

export interface ServeStudyOptions {
  /** Default 8090; 0 takes any that is free. */
  readonly port?: number | undefined;
  /** The address to listen on; default `127.0.0.1`, which only this machine reaches. */
  readonly host?: string | undefined;
  /** Names or addresses, without a port, by which participants reach this machine. */
  readonly names?: readonly string[] | undefined;
  /** The built app; default where the package has it. */
  readonly app?: string | undefined;
  /** Is told of faults that a page hears nothing about. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

export interface ServedStudy extends Listening {
  readonly adminUrl: string;
  /** Codes that participants can come in with. */
  readonly codes: number;
}

/**
 * Serve the study in a folder of `study new`. What participants do is in `study.sqlite` before they hear that it is saved: the process
 * may be killed at any time, and takes up where it was when it is started again.
 * @throws OnnxplainError `E_FILE` when the folder holds no study, the questions were changed since records began, another program has
 * the records open, or the pages were not built; `E_PORT` when the port is taken.
 */
export type ServeStudy = (folder: string, options?: ServeStudyOptions) => Promise<ServedStudy>;

/**
 * What was recorded so far of everybody who came in, while no server has the folder open; empty before anybody came.
 * @throws OnnxplainError `E_FILE` when another program has the records open, or they are none.
 */
export type ReadStudyRecords = (folder: string) => Promise<StudyRecords>;
