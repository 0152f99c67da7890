/** @file A participant's browser without a screen: cookies, JSON, and the origin that a page would state. */
import type { StudyRefusal, StudyState } from "../../src/serve/study-api.ts";

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

export interface Client {
  readonly ask: <Body = StudyState & Partial<StudyRefusal>>(
    path: string,
    said?: unknown,
    more?: { readonly headers?: Readonly<Record<string, string>>; readonly raw?: string },
  ) => Promise<Answer<Body>>;
  readonly bytes: (path: string) => Promise<{ readonly status: number; readonly bytes: Uint8Array }>;
  /** Cookies by name. */
  readonly cookies: Map<string, string>;
}

export function client(url: string): Client {
  const cookies = new Map<string, string>();
  const origin = new URL(url).origin;
  const fetched = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([k, v]) => `${k}=${v}`).join("; ");
    const answer = await fetch(origin + path, {
      ...init,
      headers: { origin, ...(cookie && { cookie }), ...(init.headers as Record<string, string>) },
      signal: AbortSignal.timeout(20_000),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  return {
    cookies,
    ask: async (path, said, { headers = {}, raw } = {}) => {
      const body = raw ?? (said === undefined ? undefined : JSON.stringify(said));
      const answer = await fetched(path, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          accept: "application/json",
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body }),
      });
      const text = await answer.text();
      let parsed: unknown = text;
      try {
        parsed = JSON.parse(text);
      } catch {}
      return { status: answer.status, body: parsed as never, headers: answer.headers };
    },
    bytes: async (path) => {
      const answer = await fetched(path);
      return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
    },
  };
}
