/** @file What this machine can serve: the platform's half of `#serve` in Node. */
import type { ReadStudyRecords, ServeStudy } from "./study-options.ts";

export { serveStudio, writeStudio } from "./studio.ts";

/** The database and the server are loaded when they are asked for: most commands need neither. */
export const serveStudy: ServeStudy = async (...args) => (await import("./study-server.ts")).serveStudy(...args);
export const readStudyRecords: ReadStudyRecords = async (folder) =>
  (await import("./study-store.ts")).readStudyRecords(folder);
