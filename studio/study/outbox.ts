/** @file What a participant did, kept in the browser until the server says that it has it: in order, each once. */

/** What is sent, and where. */
export interface Waiting {
  readonly id: string;
  readonly path: string;
  readonly body: object;
}

/** `done` and `refused` take it out of the box; `wait` tries again after a while; `stop` keeps all until something changes. */
export type Outcome = "done" | "refused" | "wait" | "stop";

export interface Box {
  readonly get: () => string | null;
  readonly set: (text: string) => void;
}

export interface OutboxOptions {
  readonly box: Box;
  readonly send: (waiting: Waiting) => Promise<Outcome>;
  /** Resolves after so many milliseconds, or as soon as another try makes sense. */
  readonly pause: (ms: number) => Promise<void>;
  readonly changed?: (state: OutboxState) => void;
}

export interface OutboxState {
  readonly waiting: readonly Waiting[];
  /** Failed tries since the last that went through. */
  readonly failed: number;
  /** Did the server ask for something first, such as the code? */
  readonly stopped: boolean;
}

export interface Outbox {
  readonly put: (waiting: Waiting) => void;
  /** Sends what waits, one after the other; resolves when nothing is left or it has stopped. */
  readonly flush: () => Promise<void>;
  readonly state: () => OutboxState;
}

const FIRST = 400;
const LONGEST = 15_000;

/** Doubling, and never two clients at the same beat. */
export const pauseAfter = (failed: number): number =>
  Math.min(LONGEST, FIRST * 2 ** Math.min(failed - 1, 8)) * (0.5 + Math.random() / 2);

export function outbox({ box, send, pause, changed = () => undefined }: OutboxOptions): Outbox {
  let failed = 0;
  let stopped = false;
  let running: Promise<void> | undefined;
  const state = (): OutboxState => ({ waiting: read(box), failed, stopped });
  const tell = (): void => changed(state());

  async function drain(): Promise<void> {
    await undefined;
    for (let [first] = read(box); first !== undefined; [first] = read(box)) {
      const { id } = first;
      const outcome = await send(first).catch((): Outcome => "wait");
      if (outcome === "stop") {
        stopped = true;
        break;
      }
      if (outcome === "wait") {
        failed++;
        tell();
        await pause(pauseAfter(failed));
        continue;
      }
      failed = 0;
      write(
        box,
        read(box).filter((w) => w.id !== id),
      );
      tell();
    }
    running = undefined;
    tell();
  }

  const flush = (): Promise<void> => {
    stopped = false;
    running ??= drain();
    return running;
  };
  return {
    put: (waiting) => {
      write(box, [...read(box), waiting]);
      tell();
    },
    flush,
    state,
  };
}

/** What cannot be read was not written here. */
function read(box: Box): readonly Waiting[] {
  try {
    const found = JSON.parse(box.get() ?? "[]") as unknown;
    return Array.isArray(found) ? (found as readonly Waiting[]) : [];
  } catch {
    return [];
  }
}
const write = (box: Box, waiting: readonly Waiting[]): void => box.set(JSON.stringify(waiting));

/** 128 random bits; `crypto.randomUUID` is missing where a page came over plain HTTP from another machine. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
