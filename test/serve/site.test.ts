/** @file What a site of this machine answers to requests that no well-meaning browser sends, as bytes on a socket. */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import { isPlainName, pathParts } from "../../src/serve/paths.ts";
import { files, type Listening, listen, site } from "../../src/serve/site.ts";
import { ask, send } from "./raw.ts";

const SECRET = "this must never leave the machine";
const CSP = "default-src 'none'";
const folder = mkdtempSync(join(tmpdir(), "onnxplain-site-"));
const open = join(folder, "open");
const faults: unknown[] = [];
let at: Listening;

beforeAll(async () => {
  mkdirSync(join(open, "sub"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), SECRET);
  mkdirSync(`${open}-beside`);
  writeFileSync(join(`${open}-beside`, "secret.txt"), SECRET);
  writeFileSync(join(open, "index.html"), "<!doctype html><title>hello</title>");
  writeFileSync(join(open, "a b.txt"), "0123456789");
  writeFileSync(join(open, "sub", "app-B1x9Zq0a.mjs"), "export {};");
  writeFileSync(join(open, "x.wasm"), "\0asm");
  writeFileSync(join(open, "manifest.webmanifest"), "{}");
  writeFileSync(join(open, "empty.bin"), "");
  writeFileSync(join(open, ".hidden"), SECRET);
  symlinkSync(join(folder, "secret.txt"), join(open, "out.txt"));
  symlinkSync(`${open}-beside`, join(open, "beside"));
  symlinkSync(join(open, "a b.txt"), join(open, "in.txt"));
  const app = site({ csp: CSP, maxBody: 1000, hosts: ["Study.example.org"], onFault: (e) => faults.push(e) });
  app.post("/length", async (c) => c.json({ length: (await c.req.text()).length }));
  app.get("/wrong", () => {
    throw new OnnxplainError("E_PARAM", "There is no such thing.");
  });
  app.get("/fault", () => {
    throw new Error(SECRET);
  });
  app.get("/*", files(open, { cache: "hashed" }));
  at = await listen(app, { port: 0, patience: 800 });
});
afterAll(() => at.close());

describe("addresses", () => {
  const rows: readonly (readonly [string, number])[] = [
    ["/", 200],
    ["/?q=1", 200],
    ["/a%20b.txt", 200],
    ["/in.txt", 200],
    ["/sub/app-B1x9Zq0a.mjs", 200],
    ["/index.html", 200],
    ["/sub", 404],
    ["/sub/", 404],
    ["/missing", 404],
    ["/out.txt", 404],
    ["/beside/secret.txt", 404],
    ["/../secret.txt", 400],
    ["/sub/../../secret.txt", 400],
    ["/sub/..", 400],
    ["/./a%20b.txt", 400],
    ["/%2e%2e/secret.txt", 400],
    ["/%2E%2e%2Fsecret.txt", 400],
    ["/.%2e/secret.txt", 400],
    ["/..%2fsecret.txt", 400],
    ["/..%5csecret.txt", 400],
    ["/..\\secret.txt", 400],
    ["/sub\\..\\..\\secret.txt", 400],
    ["/%252e%252e/secret.txt", 404],
    ["/%252e%252e%252fsecret.txt", 404],
    ["/..%c0%afsecret.txt", 400],
    ["/%c0%ae%c0%ae/secret.txt", 400],
    ["/..;/secret.txt", 400],
    ["/a%20b.txt%00.png", 400],
    ["/%00", 400],
    ["/a%0d%0aSet-Cookie:%20x=1", 400],
    ["/.hidden", 400],
    ["/%2ehidden", 400],
    ["//etc/passwd", 400],
    ["/sub//app-B1x9Zq0a.mjs", 400],
    ["/%2fetc%2fpasswd", 400],
    ["/etc/passwd", 404],
    ["/C:%5cwindows%5cwin.ini", 400],
    ["/index.html::$DATA", 400],
    ["/index.html.", 400],
    ["/index.html%20", 400],
    ["/con", 400],
    ["/NUL.txt", 400],
    ["/%ff", 400],
    ["/%", 400],
    ["/%u002e%u002e/secret.txt", 400],
    ["http://127.0.0.1/index.html", 400],
    ["http://evil.example/index.html", 400],
    ["file:///etc/passwd", 400],
    ["*", 400],
    ["index.html", 400],
    [`/${"a".repeat(10_000)}`, 414],
    [`/?${"a".repeat(10_000)}`, 414],
    [`/${"a".repeat(40_000)}`, 431],
    [`/${"../".repeat(600)}etc/passwd`, 400],
  ];
  const titled = rows.map(
    ([target, status]) => [target.length > 60 ? `${target.slice(0, 40)}…` : target, target, status] as const,
  );
  test.each(titled)("%s", async (_, target, status) => {
    const answer = await ask(at.port, target);
    expect([answer.status, answer.text.includes(SECRET), answer.text.includes("root:")]).toEqual([
      status,
      false,
      false,
    ]);
  });

  test("names that mean something else elsewhere are none", () => {
    for (const name of [
      "",
      ".",
      "..",
      "a/b",
      "a\\b",
      "a\0",
      "a\n",
      "c:",
      "aux",
      "COM1.txt",
      "lpt¹",
      "a.",
      "a ",
      "a".repeat(256),
    ])
      expect([name, isPlainName(name)]).toEqual([name, false]);
    for (const name of ["a", "a.b", "ä é.png", "console.log", "common", "100%", "a..b", "[x] (1).npy", "__proto__"])
      expect([name, isPlainName(name)]).toEqual([name, true]);
    expect(pathParts("/100%25/a%2520b/?x=%zz#y")).toEqual(["100%", "a%20b"]);
  });
});

describe("requests", () => {
  const post = (headers: Readonly<Record<string, string>> = {}, body = "abc") =>
    ask(at.port, "/length", { method: "POST", headers, body });
  const same = (): string => `http://127.0.0.1:${at.port}`;

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])("%s is refused", async (method) => {
    const { status, headers, body } = await ask(at.port, "/", { method, headers: { "X-Mirror": SECRET } });
    expect([status, headers.allow, body.includes(SECRET)]).toEqual([405, "GET, HEAD, POST", false]);
  });

  test.each(["CONNECT", "GETT", "get", "BR\0KEN"])("%s is no method", async (method) => {
    expect([0, 400]).toContain((await ask(at.port, "/", { method })).status);
  });

  test("hosts", async () => {
    const { port } = at;
    for (const host of [
      "localhost",
      `LOCALHOST:${port}`,
      "127.0.0.1",
      `[::1]:${port}`,
      "study.example.org",
      "STUDY.example.org:443",
    ])
      expect([host, (await ask(port, "/", { host })).status]).toEqual([host, 200]);
    for (const host of [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.nip.io",
      "evil.example:80",
      "0.0.0.0",
      "example.org",
    ])
      expect([host, (await ask(port, "/", { host })).status]).toEqual([host, 421]);
    for (const host of [null, "", "a b", "localhost@evil", "localhost/", "localhost:1:2", "localhost, evil"]) {
      const { status, text } = await ask(port, "/", { host });
      expect([host, [400, 421].includes(status), text.includes("hello")]).toEqual([host, true, false]);
    }
    const two = await send(
      port,
      `GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect([400, 421]).toContain(two.status);
  });

  test("origins", async () => {
    expect((await post()).body).toBe('{"length":3}');
    expect((await post({ Origin: same() })).status).toBe(200);
    for (const origin of [
      "http://evil.example",
      "null",
      "http://127.0.0.1:1",
      "http://localhost",
      "garbage",
      `${same()}.evil.example`,
    ])
      expect([origin, (await post({ Origin: origin })).status]).toEqual([origin, 403]);
    for (const from of ["cross-site", "same-site", "anything"])
      expect([from, (await post({ "Sec-Fetch-Site": from })).status]).toEqual([from, 403]);
    const read = (from: string, mode: string, dest: string) =>
      ask(at.port, "/", { headers: { "Sec-Fetch-Site": from, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest } });
    expect((await read("same-origin", "cors", "empty")).status).toBe(200);
    expect((await read("cross-site", "navigate", "document")).status).toBe(200);
    expect((await read("cross-site", "navigate", "iframe")).status).toBe(403);
    expect((await read("same-site", "cors", "empty")).status).toBe(403);
    expect((await read("cross-site", "no-cors", "image")).status).toBe(403);
    expect((await ask(at.port, "/", { headers: { Origin: "http://evil.example" } })).status).toBe(403);
  });

  test("bodies", async () => {
    expect((await post({}, "x".repeat(1000))).body).toBe('{"length":1000}');
    expect((await post({}, "x".repeat(1001))).status).toBe(413);
    expect((await post({ "Content-Length": "99999999999" })).status).toBe(413);
    expect((await post({ "Content-Length": "-1" })).status).toBe(400);
    const head = `POST /length HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n`;
    const chunks = `${"100\r\n".concat("x".repeat(256), "\r\n").repeat(8)}0\r\n\r\n`;
    expect((await send(at.port, `${head}\r\n${chunks}`)).status).toBe(413);
    expect((await send(at.port, `${head}Content-Length: 3\r\n\r\n0\r\n\r\n`)).status).toBe(400);
    expect((await send(at.port, `${head}\r\nZZ\r\n`)).status).toBe(400);
  });

  test("headers that are too long, and what is not HTTP at all", async () => {
    expect((await ask(at.port, "/", { headers: { "X-Long": "x".repeat(20_000) } })).status).toBe(431);
    expect((await send(at.port, "\u0016\u0003\u0001\u0002hello\r\n\r\n")).status).toBe(400);
    expect((await send(at.port, "GET / HTTP/9.9\r\n\r\n")).status).toBe(400);
    expect((await ask(at.port, "/", { headers: { "X-Split": "a\r\n\u0000b" } })).status).toBe(400);
  });

  test("clients that hang are cut off", async () => {
    for (const text of [
      "",
      "GET / HTTP/1.1\r\nHost: local",
      `POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab`,
    ]) {
      const start = performance.now();
      const { status } = await send(at.port, text);
      expect([text, [0, 400, 408].includes(status)]).toEqual([text, true]);
      expect(performance.now() - start).toBeLessThan(8000);
    }
    expect((await ask(at.port, "/")).status).toBe(200);
  });
});

describe("answers", () => {
  test("say what a browser may do with them, whatever they are", async () => {
    for (const target of ["/", "/a%20b.txt", "/missing", "/..", "/fault"]) {
      const { headers } = await ask(at.port, target);
      expect(headers).toMatchObject({
        "content-security-policy": CSP,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
      });
      expect(
        Object.keys(headers).filter((h) => ["server", "x-powered-by", "access-control-allow-origin"].includes(h)),
      ).toEqual([]);
    }
  });

  test("types, ages, tags", async () => {
    const type = async (target: string) => (await ask(at.port, target)).headers["content-type"];
    expect(await type("/")).toBe("text/html; charset=utf-8");
    expect(await type("/x.wasm")).toBe("application/wasm");
    expect(await type("/sub/app-B1x9Zq0a.mjs")).toBe("text/javascript; charset=utf-8");
    expect(await type("/manifest.webmanifest")).toBe("application/manifest+json");
    expect((await ask(at.port, "/sub/app-B1x9Zq0a.mjs")).headers["cache-control"]).toContain("immutable");
    const first = await ask(at.port, "/a%20b.txt");
    expect(first.headers["cache-control"]).toBe("no-cache");
    const again = await ask(at.port, "/a%20b.txt", { headers: { "If-None-Match": `"x", W/${first.headers.etag}` } });
    expect([again.status, again.body, again.headers.etag]).toEqual([304, "", first.headers.etag]);
    const head = await ask(at.port, "/a%20b.txt", { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.body]).toEqual([200, "10", ""]);
    expect(await ask(at.port, "/empty.bin")).toMatchObject({ status: 200, body: "" });
  });

  test.each([
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=-0", 416, "", "bytes */10"],
    ["bytes=99999999999999999999-", 416, "", "bytes */10"],
    ["bytes=3-1", 200, "0123456789", undefined],
    ["bytes=-", 200, "0123456789", undefined],
    ["bytes=0-1,4-5", 200, "0123456789", undefined],
    ["lines=0-1", 200, "0123456789", undefined],
  ])("range %s", async (range, status, body, said) => {
    const answer = await ask(at.port, "/a%20b.txt", { headers: { Range: range } });
    expect([answer.status, answer.body, answer.headers["content-range"]]).toEqual([status, body, said]);
    const stale = await ask(at.port, "/a%20b.txt", { headers: { Range: range, "If-Range": '"old"' } });
    expect([stale.status, stale.body]).toEqual([200, "0123456789"]);
  });

  test("errors are words, as JSON where asked for; faults tell the terminal, not the asker", async () => {
    expect(await ask(at.port, "/wrong")).toMatchObject({ status: 400, body: "There is no such thing.\n" });
    const json = await ask(at.port, "/<b>", { headers: { Accept: "application/json" } });
    expect([json.status, json.headers["content-type"]]).toEqual([400, "application/json"]);
    expect(JSON.parse(json.body)).toEqual({
      error: { status: 400, message: expect.stringContaining("not an address") },
    });
    faults.length = 0;
    const fault = await ask(at.port, "/fault");
    expect([fault.status, fault.text.includes(SECRET), fault.text.includes(".ts")]).toEqual([500, false, false]);
    expect(faults.map(String)).toEqual([`Error: ${SECRET}`]);
  });
});

describe("ports", () => {
  test("a taken one is an error in words, or the next is tried", async () => {
    const app = site({ csp: CSP });
    await expect(listen(app, { port: at.port })).rejects.toMatchObject({
      code: "E_PORT",
      message: expect.stringMatching(/another program listens there.*--port/),
    });
    const next = await listen(app, { port: at.port, tries: 20 });
    expect(next.port).toBeGreaterThan(at.port);
    expect(next.url).toBe(`http://127.0.0.1:${next.port}/`);
    await next.close();
    await expect(listen(app, { port: 99_999 })).rejects.toMatchObject({ code: "E_PORT" });
    await expect(listen(app, { port: 0, host: "203.0.113.7" })).rejects.toMatchObject({ code: "E_PORT" });
  });

  test("closing ends connections that hang, and frees the port", async () => {
    const one = await listen(site({ csp: CSP }), { port: 0 });
    const hanging = send(one.port, "GET / HT");
    await new Promise((resolve) => setTimeout(resolve, 50));
    await one.close();
    await hanging;
    const probe = createServer();
    await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(one.port, "127.0.0.1", resolve));
    await new Promise((resolve) => probe.close(resolve));
  });
});
