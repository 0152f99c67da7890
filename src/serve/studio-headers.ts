/** @file What the studio's answers say of themselves, wherever they come from: this machine, a static host, or the page's own store. */

const POLICY: readonly (readonly [directive: string, sources: string])[] = [
  ["default-src", "'none'"],
  ["script-src", "'self' 'wasm-unsafe-eval'"],
  ["worker-src", "'self'"],
  ["style-src", "'self'"],
  ["img-src", "'self' data: blob:"],
  ["connect-src", "'self' blob:"],
  ["manifest-src", "'self'"],
  ["font-src", "'self'"],
  ["base-uri", "'none'"],
  ["form-action", "'none'"],
  ["frame-ancestors", "'none'"],
];

const policy = (rows: typeof POLICY): string =>
  rows.map(([directive, sources]) => `${directive} ${sources}`).join("; ");

/** Nothing from elsewhere, nothing inline; `wasm-unsafe-eval` compiles WebAssembly and evaluates no text. */
export const STUDIO_CSP: string = policy(POLICY);
/** The same in a `<meta>` of the page, where `frame-ancestors` has no meaning. */
export const STUDIO_META_CSP: string = policy(POLICY.filter(([directive]) => directive !== "frame-ancestors"));

/** The headers with which a browser gives a page threads, and those that keep it apart from other sites. */
export const STUDIO_HEADERS: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": STUDIO_CSP,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};
