/** @file `onnxplain regions fit`: boundaries between classes, and on which side of each every reference picture lies. */
import { type FittedRegions, runRegionsFit, SAMPLINGS, sortedJson } from "../src/index.ts";
import { choice, type Flags, helpPage, isSet, noWords, number, outFolder, parseFlags, RUN_FLAGS } from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { deviceOptions } from "./open.ts";
import { progressLine } from "./progress.ts";
import { originOf, SOURCE_FLAGS, sourceFrom } from "./regions-source.ts";
import { type Console, hushed, type Verb } from "./verb.ts";

const FLAGS = {
  ...SOURCE_FLAGS,
  boundaries: { type: "string", value: "N", about: "boundaries that a region is chosen from (default 50)" },
  sampling: {
    type: "string",
    value: "KIND",
    about: `where boundaries are taken: reference (default), at references drawn once; toward-other-class, on the way from each explained picture to references of other classes (found at \`explain\`)`,
  },
  "per-input": {
    type: "boolean",
    about: "every explained picture draws boundaries of its own, from four times as many",
  },
  seed: { type: "string", value: "N", about: "seed of the draw (default 0)" },
  shard: {
    type: "string",
    value: "N",
    about: "references in a part (default 1024): what a kill loses at most",
  },
  resume: { type: "boolean", about: "go on with the parts in the folder" },
  out: { type: "string", short: "o", value: "DIR", about: "folder for the fit; `fit.json` says that it is whole" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  batch: { type: "string", value: "N", about: "pictures in one run of the network (default 32)" },
} as const satisfies Flags;

export const regionsFit: Verb = {
  summary: "boundaries of a network, and where reference pictures lie to them",
  help: helpPage(
    "regions fit --model MODEL --data REFERENCES -o DIR",
    "Takes linear boundaries at reference pictures and streams all references past them once. Labels are not needed. Stopped at any moment, a fit goes on with --resume.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("regions fit", argv, FLAGS);
    noWords(rest, "Data is given by --data.");
    const folder = outFolder(values, "the fit", "DIR");
    const asked = {
      boundaries: number(values, "boundaries", { min: 1 }),
      sampling: choice(values, "sampling", SAMPLINGS),
      perInput: isSet(values, "per-input"),
      seed: number(values, "seed", { min: 0 }),
      shard: number(values, "shard", { min: 1 }),
      batch: number(values, "batch", { min: 1 }),
      folder,
      resume: isSet(values, "resume"),
      ...deviceOptions(values),
    };
    const { model, network, data } = await sourceFrom(values);
    const line = progressLine("references", isSet(values, "quiet"));
    using stop = untilInterrupted();
    try {
      const run = await runRegionsFit(network, data, {
        ...asked,
        origin: originOf(values),
        signal: stop.signal,
        onProgress: (done, total) => line.onProgress({ done, total }),
      }).finally(line.finish);
      tell(run, folder, { out: hushed(console, isSet(values, "quiet")), json: isSet(values, "json") });
      return run.report.unread.length > 0 ? 3 : 0;
    } finally {
      await model.dispose();
    }
  },
};

function tell(
  { report, seconds, fit }: FittedRegions,
  folder: string,
  { out, json }: { readonly out: Console; readonly json: boolean },
): void {
  if (json) {
    const { origin: _, ...said } = report;
    out.print(sortedJson({ ...said, seconds }).trimEnd());
    return;
  }
  for (const note of report.notes) out.note(`note: ${note}`);
  for (const { id, message } of report.unread) out.note(`left out ${id}: ${message}`);
  const classes = new Set(fit.projections.classes).size;
  out.print(
    [
      `${report.count} references of ${classes} classes by the network, \`${report.layer.name}\` [${report.layer.dims.join(", ")}]`,
      seconds.references === 0
        ? `${report.kept} boundaries; it was whole already`
        : report.kept > 0
          ? `${report.kept} boundaries in ${seconds.boundaries.toFixed(2)} s; references in ${seconds.references.toFixed(2)} s`
          : `boundaries are sought for each explained picture; references in ${seconds.references.toFixed(2)} s`,
      folder,
    ].join("\n"),
  );
}
