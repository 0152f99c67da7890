/** @file One program at a time writes a study's records: a claim that names its process, and that outlives no process. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { OnnxplainError } from "../errors.ts";

const NAME = "study.lock.json";

interface Claim {
  readonly host: string;
  readonly pid: number;
  /** Of the process, in the system's own ticks, so that a number given to another process later is not taken for it; null where unknown. */
  readonly started: string | null;
  /** Two claims of one process differ. */
  readonly nonce: string;
}

/** Linux: field 22 of `/proc/PID/stat`; fields are counted behind the name, which may hold anything. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function lives({ pid, started }: Claim): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startOf(pid);
  return started === null || now === null || now === started;
}

const held = (folder: string, file: string, who: string): OnnxplainError =>
  new OnnxplainError(
    "E_FILE",
    `The records of \`${folder}\` are in use by ${who}. Stop it first; while a study is served, its administrator's page hands out the records. When no such program runs, delete \`${file}\`.`,
    { file },
  );

const parsed = (text: string): Claim | undefined => {
  try {
    const claim = JSON.parse(text) as Claim;
    return typeof claim.pid === "number" && typeof claim.host === "string" ? claim : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Claims the folder until the returned function is called or the process ends, however it ends: the claim of a process that is no
 * more is taken over. Throws `E_FILE` while another one lives, or stands on another machine, where nothing tells.
 */
export function claimStudy(folder: string): () => void {
  const file = join(folder, NAME);
  const own = JSON.stringify({
    host: hostname(),
    pid: process.pid,
    started: startOf(process.pid),
    nonce: crypto.randomUUID(),
  } satisfies Claim);
  for (let tries = 0; tries < 5; tries++) {
    if (put(file, own))
      return () => {
        if (contentOf(file) === own) rmSync(file, { force: true });
      };
    const found = contentOf(file);
    if (found === undefined) continue;
    const claim = parsed(found);
    if (claim === undefined) throw held(folder, file, "a program that left no readable claim");
    if (claim.host !== hostname()) throw held(folder, file, `a program on the machine \`${claim.host}\``);
    if (lives(claim)) throw held(folder, file, `process ${claim.pid}`);
    discard(file, found);
  }
  throw held(folder, file, "another program that starts just now");
}

/** What disks say that know no links. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"]);

/** Whole or not at all: a name is linked to a finished file, which fails when the name is taken. */
function put(file: string, content: string): boolean {
  const part = `${file}.${crypto.randomUUID()}`;
  try {
    writeFileSync(part, content, { flag: "wx", mode: 0o600 });
    try {
      linkSync(part, file);
    } catch (cause) {
      if (!WITHOUT_LINKS.has((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
      writeFileSync(file, content, { flag: "wx", mode: 0o600 });
    }
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    throw new OnnxplainError("E_FILE", `Cannot write \`${file}\` (${code}).`, { file, cause });
  } finally {
    rmSync(part, { force: true });
  }
}

const contentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/** Takes the dead claim away; one that another program has put there meanwhile is put back. */
function discard(file: string, dead: string): void {
  const aside = `${file}.${crypto.randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const taken = contentOf(aside);
  if (taken !== undefined && taken !== dead) put(file, taken);
  rmSync(aside, { force: true });
}
