/** @file Where the shared reference material lies, and whether it is here. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type NpyArray, readNpy } from "../src/formats/npy.ts";

/** A path below `../shared`, seen from the project's root. */
export const shared = (path: string): string => fileURLToPath(new URL(`../../shared/${path}`, import.meta.url));

export const hasShared = (path: string): boolean => existsSync(shared(path));
export const readShared = (path: string): Uint8Array => new Uint8Array(readFileSync(shared(path)));
export const readSharedJson = <T>(path: string): T => JSON.parse(readFileSync(shared(path), "utf8")) as T;
export const readSharedNpy = (path: string): NpyArray => readNpy(readShared(path), path);

/** Why a suite does not run, for its title and for the log; empty when it does. */
export function absent(path: string): string {
  if (hasShared(path)) return "";
  const reason = `skipped: ../shared/${path} is not here`;
  console.log(reason);
  return ` (${reason})`;
}
