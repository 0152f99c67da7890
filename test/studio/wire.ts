/** @file Everything that a browser sends, seen from outside of it: a proxy that it must take, to this machine's own addresses as well. */
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request, of whichever page, worker or service worker. */
export interface Sent {
  readonly method: string;
  /** `CONNECT` has a host and a port alone. */
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Bytes of its body. */
  body: number;
  /** Bytes of the answer's body, as they went over the wire. */
  answer: number;
}

export interface Wire {
  readonly sent: readonly Sent[];
  /** What a browser is started with so that nothing goes another way. */
  readonly flags: readonly string[];
  readonly close: () => Promise<void>;
}

const HERE = "127.0.0.1";

/** Requests to this machine are handed on; all others are noted and refused. */
export async function openWire(): Promise<Wire> {
  const sent: Sent[] = [];
  const noted = ({ method = "", url = "", headers }: IncomingMessage): Sent => {
    const one = { method, url, headers, body: 0, answer: 0 };
    sent.push(one);
    return one;
  };
  const server = createServer((request, response) => handedOn(request, response, noted(request)));
  for (const event of ["connect", "upgrade"] as const)
    server.on(event, (request, socket) => {
      noted(request);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
  await new Promise<void>((done) => server.listen(0, HERE, done));
  const { port } = server.address() as AddressInfo;
  return {
    sent,
    flags: [
      `--proxy-server=http://${HERE}:${port}`,
      "--proxy-bypass-list=<-loopback>",
      `--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE ${HERE}`,
    ],
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function handedOn(request: IncomingMessage, response: ServerResponse, note: Sent): void {
  request.on("data", (part: Buffer) => {
    note.body += part.length;
  });
  const { hostname, port, pathname, search } = new URL(note.url, "http://nowhere.invalid");
  if (hostname !== HERE) return void response.writeHead(403).end();
  const onward = ask({ hostname, port, path: pathname + search, method: note.method, headers: request.headers });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on("data", (part: Buffer) => {
      note.answer += part.length;
    });
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}
