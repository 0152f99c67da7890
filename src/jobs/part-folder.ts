/**
 * @file The hidden folder beside its place that a data set is drawn into. A note in it says which process draws, so that the next
 * process may remove what a killed one left.
 */
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** The note's name; nothing of a data set is called so. */
export const PART_NOTE = ".drawing.json";

/** Who draws into a part. */
export interface PartNote {
  readonly onnxplain: "synth";
  readonly host: string;
  readonly pid: number;
  /** When the note was written, ms since 1970. */
  readonly at: number;
}

const prefixOf = (place: string): string => `.${basename(place)}.part-`;

/** A new part of `place`, an absolute path whose folder exists. */
export async function openPart(place: string): Promise<string> {
  const part = await mkdtemp(join(dirname(place), prefixOf(place)));
  const note: PartNote = { onnxplain: "synth", host: hostname(), pid: process.pid, at: Date.now() };
  await writeFile(join(part, PART_NOTE), JSON.stringify(note));
  return part;
}

/** Moved to its place, which is missing; the note goes last, so that a part that holds anything has one. */
export async function settlePart(part: string, place: string): Promise<void> {
  await rename(part, place);
  await rm(join(place, PART_NOTE), { force: true });
}

/**
 * Remove the parts of `place` whose process on this machine has ended. Left alone: parts of another machine or of a process that
 * lives, folders of that name without a note, and those that hold anything beside the note that is not in `ours`.
 */
export async function removeStaleParts(place: string, ours: ReadonlySet<string>): Promise<void> {
  const folder = dirname(place);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isDirectory() || !isPartName(entry.name, place)) continue;
    const part = join(folder, entry.name);
    const note = await noteIn(part);
    if (note === undefined || !hasEnded(note)) continue;
    const held = await readdir(part).catch(() => undefined);
    if (held?.every((name) => name === PART_NOTE || ours.has(name)))
      await rm(part, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The six characters are `mkdtemp`'s. */
const isPartName = (name: string, place: string): boolean =>
  name.startsWith(prefixOf(place)) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefixOf(place).length));

async function noteIn(part: string): Promise<PartNote | undefined> {
  try {
    const note = JSON.parse(await readFile(join(part, PART_NOTE), "utf8")) as Partial<PartNote> | null;
    const { onnxplain, host, pid, at } = note ?? {};
    const whole = onnxplain === "synth" && typeof host === "string" && Number.isSafeInteger(pid) && Number.isFinite(at);
    return whole && (pid as number) > 0 ? (note as PartNote) : undefined;
  } catch {
    return undefined;
  }
}

/** A number may belong to another process by now: then the part stays, unless it is this one's, which began later. */
function hasEnded({ host, pid, at }: PartNote): boolean {
  if (host !== hostname()) return false;
  if (pid === process.pid) return at < Date.now() - 1000 * process.uptime();
  try {
    process.kill(pid, 0); // 0 asks only whether it is there
    return false;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "ESRCH";
  }
}
