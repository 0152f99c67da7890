/** @file Requests as bytes on a socket, so that no client tidies a path or a header on the way. */
import { connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything that came, before it is taken apart. */
  readonly text: string;
}

/** Sends text as it stands and reads until the other side closes; a status of 0 when it closed without a word. */
export const send = (port: number, text: string): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    const end = (): void => resolve(parsed(Buffer.concat(chunks).toString("latin1")));
    socket.on("data", (chunk) => void chunks.push(chunk));
    socket.on("error", () => undefined);
    socket.on("close", end);
  });

export interface RawRequest {
  readonly method?: string;
  readonly host?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request on a connection of its own. */
export const ask = (
  port: number,
  target: string,
  { method = "GET", host = `127.0.0.1:${port}`, headers = {}, body = "" }: RawRequest = {},
): Promise<RawAnswer> => {
  const all = {
    ...(host === null ? {} : { Host: host }),
    Connection: "close",
    ...(body === "" ? {} : { "Content-Length": String(body.length) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return send(port, `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
};

function parsed(text: string): RawAnswer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [line = "", ...fields] = head.split("\r\n");
  const headers = Object.fromEntries(
    fields.map((f) => [f.slice(0, f.indexOf(":")).toLowerCase(), f.slice(f.indexOf(":") + 1).trim()]),
  );
  return { status: Number(line.split(" ")[1] ?? 0), headers, body: rest.join("\r\n\r\n"), text };
}
