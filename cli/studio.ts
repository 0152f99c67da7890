/** @file `onnxplain studio`: the studio in this machine's browser, or as files for any static host. */
import { OnnxplainError, serveStudio, writeStudio } from "../src/index.ts";
import { type Flags, helpPage, isSet, list, number, parseFlags, text } from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { hushed, type Verb } from "./verb.ts";

const PORT = 8080;
/** Ports that are tried, one after another, when none was asked for. */
const TRIES = 20;

const FLAGS = {
  model: { type: "string", value: "MODEL", about: "open this: an .onnx file, or a folder with model.onnx" },
  images: {
    type: "string",
    value: "PATH",
    multiple: true,
    about: "open these: a picture, or a folder of them; repeatable",
  },
  port: {
    type: "string",
    value: "N",
    about: `port of this machine (default ${PORT} or the next that is free; 0 takes any)`,
  },
  out: { type: "string", short: "o", value: "DIR", about: "write the studio as plain files instead; new or empty" },
  json: { type: "boolean", about: "one JSON document on stdout" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

export const studioVerb: Verb = {
  summary: "explain in the browser, nothing uploaded; look at the folders of earlier runs",
  help: helpPage(
    "studio [RUN…] [options]",
    "Serves the studio on 127.0.0.1, where nothing but this machine reaches it, until Ctrl-C. RUN is a folder that evaluate, representers, regions, fisher, patterns or train wrote; it is only read.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("studio", argv, FLAGS);
    const folder = text(values, "out");
    const asJson = isSet(values, "json");
    const out = hushed(console, isSet(values, "quiet"));
    const [model, images, port] = [text(values, "model"), list(values, "images"), number(values, "port", { min: 0 })];
    if (folder !== undefined) {
      if (rest.length > 0 || model !== undefined || images.length > 0 || port !== undefined)
        throw new OnnxplainError("E_USAGE", "`--out` writes the studio alone: give it no runs, model, images or port.");
      const files = await writeStudio(folder);
      console.print(
        asJson ? JSON.stringify({ folder, files }) : `wrote ${folder}: ${files.length} files for any static host`,
      );
      return 0;
    }
    using stop = untilInterrupted(["SIGINT", "SIGTERM"]);
    const { url, close } = await serveStudio({
      port: port ?? PORT,
      tries: port === undefined ? TRIES : 1,
      runs: rest,
      model,
      images,
      onFault: (error) => out.note(`A request failed: ${error instanceof Error ? error.message : String(error)}`),
    });
    console.print(asJson ? JSON.stringify({ url }) : url);
    out.note("Only this machine can open it. Ctrl-C ends it.");
    await until(stop.signal);
    await close();
    return 0;
  },
};

const until = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
