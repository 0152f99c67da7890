/** @file Graphs over pictures of any size: a session for each size, the last few kept open. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import type { Model } from "../graph/types.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { Size } from "../image/types.ts";
import type { Session, SessionOptions } from "../runtime/session.ts";
import { type FrameGrid, frameGrids } from "./frames.ts";
import type { SiftSettings } from "./sift-settings.ts";

/** Sessions by the size of the picture. One run at a time; dispose what you opened. */
export interface Sessions {
  /** Valid until the next is asked for. */
  readonly of: (size: Size) => Promise<Session>;
  readonly dispose: () => Promise<void>;
}

/** Each holds the memory of its largest run. */
const OPEN = 2;

/** `build` may throw for a size that it cannot take; `most` sessions are kept open. */
export function sessionsBySize(build: (size: Size) => Model, options: SessionOptions = {}, most = OPEN): Sessions {
  const open = new Map<string, Session>();
  return {
    of: async ({ width, height }) => {
      const key = `${width}x${height}`;
      const session = open.get(key) ?? (await openSession(writeModelBytes(build({ width, height })), options));
      open.delete(key);
      open.set(key, session);
      for (const [oldest, other] of open) {
        if (open.size <= most) break;
        open.delete(oldest);
        await other.dispose();
      }
      return session;
    },
    dispose: async () => {
      const all = [...open.values()];
      open.clear();
      await Promise.allSettled(all.map((s) => s.dispose()));
    },
  };
}

/** Grids with a frame in them. Throws `E_INPUT_SHAPE` where there is none. */
export function fittingGrids(size: Size, sift: SiftSettings): readonly FrameGrid[] {
  const grids = frameGrids(size, sift);
  const fitting = grids.filter(({ rows, columns }) => rows > 0 && columns > 0);
  if (fitting.length > 0) return fitting;
  const least = Math.min(...grids.map((g) => g.offset + 3 * g.size + 1));
  throw new OnnxplainError(
    "E_INPUT_SHAPE",
    `A picture of ${size.width} x ${size.height} pixels is too small for a descriptor. Expected ${least} x ${least} at least.`,
  );
}
