/** @file Who asks: secrets that are compared in constant time and kept as hashes, and patience with wrong ones that ends. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

export const newSecret = (): string => randomBytes(32).toString("base64url");
/** What is stored of a session: who reads the records cannot take it over. */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");
/** A name that tells nothing and cannot be made without the key; 132 bits. */
export const nameFor = (key: string, text: string): string =>
  createHmac("sha256", key).update(text).digest("base64url").slice(0, 22);

/** Hashes have one length, whatever was sent. */
export const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());

export const addressOf = (c: Context): string =>
  (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket?.remoteAddress ?? "unknown";

/** Counts wrong secrets by address. */
export interface Patience {
  /** Seconds until the next try is heard; 0 when it is now. */
  readonly wait: (address: string) => number;
  readonly wrong: (address: string) => void;
}

const MOST_ADDRESSES = 10_000;

/** `tries` wrong ones in a window of `seconds`; then none is heard until the window ends. */
export function patience(tries: number, seconds: number, now: () => number = Date.now): Patience {
  const seen = new Map<string, { readonly until: number; readonly count: number }>();
  const open = (address: string) => {
    const found = seen.get(address);
    if (found && found.until > now()) return found;
    seen.delete(address);
    return undefined;
  };
  return {
    wait: (address) => {
      const found = open(address);
      return found && found.count >= tries ? Math.ceil((found.until - now()) / 1000) : 0;
    },
    wrong: (address) => {
      const found = open(address);
      const [oldest] = seen.keys();
      if (!found && seen.size >= MOST_ADDRESSES && oldest !== undefined) seen.delete(oldest);
      seen.set(address, { until: found?.until ?? now() + 1000 * seconds, count: (found?.count ?? 0) + 1 });
    },
  };
}
