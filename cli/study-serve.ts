/** @file `onnxplain study serve`: the study on a port, until it is stopped. */
import { join } from "node:path";
import { OnnxplainError, serveStudy } from "../src/index.ts";
import { type Flags, helpPage, isSet, list, number, parseFlags, text } from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { hushed, type Verb } from "./verb.ts";

const FLAGS = {
  port: { type: "string", value: "N", about: "default 8090; 0 takes any that is free" },
  host: {
    type: "string",
    value: "ADDRESS",
    about: "address to listen on (default 127.0.0.1, which this machine alone reaches; 0.0.0.0 for all)",
  },
  name: {
    type: "string",
    value: "HOSTNAME",
    multiple: true,
    about: "a name or address by which participants reach this machine; may be repeated",
  },
  app: { type: "string", value: "DIR", about: "the built pages (default: the package's own)" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);

export const studyServe: Verb = {
  summary: "asks participants, by code; resumes after any interruption",
  help: helpPage(
    "study serve STUDY [--port N] [--host ADDRESS] [--name HOSTNAME …]",
    "STUDY is a folder of `study new`. What participants do is kept in its `study.sqlite` before they are told so. Connections are not encrypted: for participants on other machines put a server with HTTPS before it.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("study serve", argv, FLAGS);
    const [folder, ...more] = rest;
    if (folder === undefined || more.length > 0)
      throw new OnnxplainError("E_USAGE", `Expected one folder of \`study new\`, got ${rest.length}.`);
    const out = hushed(console, isSet(values, "quiet"));
    const host = text(values, "host");
    const names = list(values, "name");
    using stop = untilInterrupted(["SIGINT", "SIGTERM"]);
    const served = await serveStudy(folder, {
      port: number(values, "port", { min: 0 }),
      host,
      names,
      app: text(values, "app"),
      onFault: (error) => console.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
    const urls = names.length > 0 ? names.map((name) => `http://${name}:${served.port}/`) : [served.url];
    for (const url of urls) out.print(`participants: ${url}`);
    out.print(`administrator: ${urls[0]}admin (the token is in ${join(folder, "admin-token.txt")})`);
    out.print(`${served.codes} codes; \`codes.csv\` and the administrator's page list them. Ctrl-C stops.`);
    if (host !== undefined && !LOOPBACK.has(host) && names.length === 0)
      out.note(
        "note: participants are answered under the names given with `--name` alone, such as this machine's address",
      );
    await new Promise<void>((resolve) => {
      if (stop.signal.aborted) resolve();
      stop.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await served.close();
    out.note("stopped; everything that was answered is kept");
    return 0;
  },
};
