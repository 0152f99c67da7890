/** @file A port of this machine on which an app answers, also when clients say nothing, or half of it, or never read. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { OnnxplainError } from "../errors.ts";

export interface ListenOptions {
  /** The address to listen on; default `127.0.0.1`, which only this machine reaches. */
  readonly host?: string | undefined;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Ports to try, upwards from `port`, while they are taken; default 1. */
  readonly tries?: number | undefined;
  /** Milliseconds that a client may take to say what it wants, and may stay silent in between; default 20,000. */
  readonly patience?: number | undefined;
}

export interface Listening {
  /** `http://127.0.0.1:8080/` */
  readonly url: string;
  readonly port: number;
  /** Lets answers under way end for up to a second, then ends what is left. */
  readonly close: () => Promise<void>;
}

/** Bytes that the line and the headers of a request may have. */
const MAX_HEADERS = 2 ** 14;
const MAX_CONNECTIONS = 1024;
const GRACE = 1000;

/** @throws OnnxplainError `E_PORT` when the port (and all that may be tried) is taken or not allowed. */
export async function listen(
  app: Hono,
  { host = "127.0.0.1", port, tries = 1, patience = 20_000 }: ListenOptions,
): Promise<Listening> {
  const answer = getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
    errorHandler: () => new Response("This is not a request that makes sense.\n", { status: 400, headers: BARE }),
  });
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADERS,
      headersTimeout: patience,
      requestTimeout: patience,
      keepAliveTimeout: Math.min(patience, 5000),
      connectionsCheckingInterval: Math.min(patience, 1000),
    },
    (incoming: IncomingMessage, outgoing: ServerResponse) => void answer(incoming, outgoing),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(patience * 3, (socket) => socket.destroy());
  server.on("clientError", refuse);
  for (let i = 0; i < Math.max(1, tries); i++) {
    const cause = await bound(server, host, port === 0 ? 0 : port + i);
    if (cause === undefined) return listening(server, host);
    if (cause.code !== "EADDRINUSE" || i + 1 >= tries || port + i >= 65_535) throw cannot(host, port, tries, cause);
  }
  throw new OnnxplainError("E_INTERNAL", "internal: no port was tried");
}

const BARE = { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" } as const;

const bound = (server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((resolve) => {
    const failed = (cause: NodeJS.ErrnoException): void => resolve(cause);
    server.once("error", failed);
    try {
      server.listen(port, host, () => {
        server.off("error", failed);
        resolve(undefined);
      });
    } catch (cause) {
      failed(cause as NodeJS.ErrnoException);
    }
  });

function listening(server: Server, host: string): Listening {
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        const rest = setTimeout(() => server.closeAllConnections(), GRACE);
        server.close(() => {
          clearTimeout(rest);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "this system keeps such ports for its administrator",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "this machine has no such address",
  ERR_SOCKET_BAD_PORT: "ports go from 0 to 65535",
};

function cannot(host: string, port: number, tries: number, cause: NodeJS.ErrnoException): OnnxplainError {
  const ports = tries > 1 ? `any port from ${port} to ${port + tries - 1}` : `port ${port}`;
  return new OnnxplainError(
    "E_PORT",
    `Cannot listen on ${ports} of ${host}: ${WHY[cause.code ?? ""] ?? cause.message}. Choose another with \`--port\`; 0 takes any that is free.`,
    { cause },
  );
}

const REFUSALS: Readonly<Record<string, readonly [string, string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", `A request may have ${MAX_HEADERS} bytes of headers.`],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request did not come to an end in time."],
};

/** What is not HTTP, or too much of it, hears why and is cut off. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, words] = REFUSALS[error.code ?? ""] ?? ["400 Bad Request", "This is not a request that makes sense."];
  const fields = Object.entries(BARE).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status}\r\n${fields.join("")}Content-Length: ${words.length + 1}\r\nConnection: close\r\n\r\n${words}\n`,
  );
}
