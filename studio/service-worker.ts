/**
 * @file Keeps the app for use without a network, whole and in one version. Where there is a network the page is the host's: what
 * else may be served from the same place later is never covered up. An open page of the version before keeps its parts; runs and
 * models are never kept. What it answers carries the headers that give a page threads, also where the host sends none.
 */

/** What the build knows; `offline-plugin.ts` writes it in place of the name. */
interface Kept {
  readonly version: string;
  /** Files of the app, from its folder; `""` is the page itself. */
  readonly files: readonly string[];
  /** Files of the runtime, kept when they are first used. */
  readonly runtime: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}
declare const __KEPT__: Kept;

interface Lasting extends Event {
  readonly waitUntil: (work: Promise<unknown>) => void;
}
interface Fetching extends Event {
  readonly request: Request;
  readonly respondWith: (answer: Promise<Response>) => void;
}
interface Told extends Lasting {
  readonly data: unknown;
}
interface Scope {
  readonly location: { readonly href: string };
  readonly clients: { readonly claim: () => Promise<void> };
  readonly skipWaiting: () => Promise<void>;
  readonly addEventListener: {
    (type: "install" | "activate", listener: (event: Lasting) => void): void;
    (type: "fetch", listener: (event: Fetching) => void): void;
    (type: "message", listener: (event: Told) => void): void;
  };
}

const scope = self as unknown as Scope;
const kept = __KEPT__;
const base = new URL("./", scope.location.href);
const OURS = `onnxplain-studio ${base.pathname} `;
const APP = `${OURS}app ${kept.version}`;
const RUNTIME = `${OURS}runtime`;
/** Milliseconds that a host has to begin its answer before the kept one is taken. */
const PATIENCE = 4000;
const files = new Set(kept.files);
const runtime = new Set(kept.runtime);

const at = (name: string): string => new URL(name === "" ? "./" : name, base).href;

scope.addEventListener("install", (event) => {
  const wanted = kept.files.map((name) => new Request(at(name), { cache: "no-cache" }));
  event.waitUntil(
    caches
      .open(APP)
      .then((cache) => cache.addAll(wanted))
      .then(scope.skipWaiting.bind(scope), async (cause: unknown) => {
        await caches.delete(APP);
        throw cause;
      }),
  );
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => scope.clients.claim()));
});

scope.addEventListener("message", (event) => {
  const { keep } = (event.data ?? {}) as { readonly keep?: readonly string[] };
  if (Array.isArray(keep)) event.waitUntil(Promise.all(keep.filter((name) => runtime.has(name)).map(fromRuntime)));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== base.origin || !pathname.startsWith(base.pathname)) return;
  const name = pathname.slice(base.pathname.length);
  const answer = answerTo(request.mode === "navigate" && name === "index.html" ? "" : name);
  if (answer) event.respondWith(answer.then(isolated));
});

const answerTo = (name: string): Promise<Response> | undefined => {
  if (name.startsWith("assets/")) return fromStore(name);
  if (runtime.has(name)) return fromRuntime(name);
  return files.has(name) ? fromHost(name, APP) : undefined;
};

/** Names under `assets/` say what is in them: what is kept is right, in whichever version. */
const fromStore = async (name: string): Promise<Response> => (await caches.match(at(name))) ?? fetch(at(name));

async function fromHost(name: string, store: string): Promise<Response> {
  try {
    return await fetch(at(name), { signal: AbortSignal.timeout(PATIENCE) });
  } catch (cause) {
    const known = await (await caches.open(store)).match(at(name));
    if (known) return known;
    throw cause;
  }
}

/** The host's, and kept when it is not the one that is kept already. */
async function fromRuntime(name: string): Promise<Response> {
  const answer = await fromHost(name, RUNTIME);
  const cache = await caches.open(RUNTIME);
  const known = await cache.match(at(name));
  const mark = markOf(answer);
  if (answer.status === 200 && (mark === null || known === undefined || mark !== markOf(known)))
    await cache.put(at(name), answer.clone()).catch(() => undefined); // the store may be full
  return answer;
}

const markOf = ({ headers }: Response): string | null => headers.get("etag") ?? headers.get("last-modified");

function isolated(answer: Response): Response {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(kept.headers)) headers.set(name, value);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

/** Drops all versions but this one and the one before. */
async function tidy(): Promise<void> {
  const apps = (await caches.keys()).filter((name) => name.startsWith(`${OURS}app `) && name !== APP);
  await Promise.all(apps.slice(0, -1).map((name) => caches.delete(name)));
}
