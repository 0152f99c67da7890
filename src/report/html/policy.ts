/** @file The Content-Security-Policy of a page that holds everything: style and script by their hashes, pictures inline, nothing else. */
import { base64 } from "../terminal.ts";

const hashOf = async (text: string): Promise<string> =>
  `'sha256-${base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))))}'`;

export const policyOf = async ({
  style,
  script,
}: {
  readonly style: string;
  readonly script: string;
}): Promise<string> =>
  `default-src 'none'; img-src data:; style-src ${await hashOf(style)}; script-src ${await hashOf(script)}; base-uri 'none'; form-action 'none'`;
