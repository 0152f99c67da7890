/** @file A site that this machine serves: what it refuses before anything is looked up, and what every answer says of itself. */
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type ErrorCode, OnnxplainError } from "../errors.ts";
import { pathParts } from "./paths.ts";

export { type FilesOptions, files } from "./files.ts";
export { type Listening, type ListenOptions, listen } from "./listen.ts";

export interface SiteOptions {
  /** The Content-Security-Policy of every answer. */
  readonly csp: string;
  /** Bytes of a request's body at most; default 64 KiB. */
  readonly maxBody?: number | undefined;
  /** Names, beside those of the loopback, by which the site may be asked for: `study.example.org` or `192.168.0.7`, without a port. */
  readonly hosts?: readonly string[] | undefined;
  /** Is told of faults that the asker hears nothing about. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/** Characters of a request's target at most. */
const MAX_URL = 2048;
const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];
const READING = new Set(["GET", "HEAD"]);
const METHODS = new Set([...READING, "POST"]);

/** Errors that the asker can mend, and so is told about; all others could tell of this machine's files. */
const TOLD: Readonly<Partial<Record<ErrorCode, ContentfulStatusCode>>> = { E_USAGE: 400, E_PARAM: 400 };

/**
 * An app with nothing on it yet. Refuses, in words: methods but GET, HEAD and POST; a `Host` that is neither the loopback nor in
 * `hosts` (a foreign name that was made to resolve to this machine); requests that a page of another origin makes; targets over
 * 2048 characters, with dot segments, or not of the form `/path`; bodies over `maxBody`. Words are plain text, or
 * `{ error: { status, message } }` where the asker accepts JSON.
 */
export function site({ csp, maxBody = 2 ** 16, hosts = [], onFault }: SiteOptions): Hono {
  const names = new Set([...LOOPBACK, ...hosts.map((h) => h.toLowerCase())]);
  const app = new Hono();
  app.use(headers(csp));
  app.use(async (c, next) => {
    const refusal = refused(c, names);
    return refusal ? inWords(c, ...refusal) : next();
  });
  app.use(
    bodyLimit({
      maxSize: maxBody,
      onError: (c) => inWords(c, 413, `The body of a request may have ${maxBody} bytes, and this one has more.`),
    }),
  );
  app.notFound((c) => inWords(c, 404, "There is nothing at this address."));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return inWords(c, error.status, error.message || "Refused.");
    const status = error instanceof OnnxplainError ? TOLD[error.code] : undefined;
    if (status !== undefined) return inWords(c, status, error.message);
    onFault?.(error);
    return inWords(c, 500, "Something went wrong here. The terminal that runs this site says what.");
  });
  return app;
}

/** An answer that says what is wrong, as JSON where the asker accepts it, never as HTML. */
export function inWords(c: Context, status: ContentfulStatusCode, message: string): Response {
  c.header("Cache-Control", "no-store");
  return c.req.header("accept")?.includes("application/json")
    ? c.json({ error: { status, message } }, status)
    : c.text(`${message}\n`, status);
}

const headers = (csp: string): MiddlewareHandler => {
  const usual = secureHeaders({
    crossOriginEmbedderPolicy: "require-corp",
    crossOriginOpenerPolicy: "same-origin",
    crossOriginResourcePolicy: "same-origin",
    referrerPolicy: "no-referrer",
    strictTransportSecurity: false,
    xFrameOptions: "DENY",
    permissionsPolicy: {
      camera: false,
      geolocation: false,
      microphone: false,
      payment: false,
      usb: false,
    },
  });
  return async (c, next) => {
    await usual(c, next);
    c.res.headers.set("Content-Security-Policy", csp);
  };
};

/** Why a request is answered with words alone; undefined when it may go on. */
function refused(c: Context, names: ReadonlySet<string>): readonly [ContentfulStatusCode, string] | undefined {
  const { method } = c.req;
  if (!METHODS.has(method)) {
    c.header("Allow", [...METHODS].join(", "));
    return [405, "This site answers GET, HEAD and POST."];
  }
  const target = (c.env as Partial<HttpBindings> | undefined)?.incoming?.url ?? c.req.url.replace(/^\w+:\/\/[^/]*/, "");
  if (target.length > MAX_URL) return [414, `An address may have ${MAX_URL} characters, and this one has more.`];
  const host = c.req.header("host") ?? "";
  if (!names.has(nameOf(host)))
    return [421, "This site is not known by that name. Open it under the address that its terminal printed."];
  if (pathParts(target) === undefined) return [400, "This is not an address of a file or a page."];
  return foreign(c, host) ? [403, "This site answers its own pages only, not those of other sites."] : undefined;
}

/** `localhost:8080` -> `localhost`, `[::1]:8080` -> `[::1]`. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d*$/, "");

/**
 * Does a page of another origin ask? Browsers say so in `Origin` whenever something could be changed, and in `Sec-Fetch-Site`
 * always; another port of this machine is another origin. Opening the site by a link from anywhere is allowed.
 */
function foreign(c: Context, host: string): boolean {
  const origin = c.req.header("origin");
  const reads = READING.has(c.req.method);
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return true;
  const from = c.req.header("sec-fetch-site") ?? "none";
  if (from === "same-origin" || from === "none") return false;
  return !(reads && c.req.header("sec-fetch-mode") === "navigate" && c.req.header("sec-fetch-dest") === "document");
}

const hostOf = (origin: string): string | undefined => {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
};
