/** @file `onnxplain regions map`: the whole network as a handful of rules, and what none of them covers. */
import { join } from "node:path";
import {
  mapFiles,
  mapRegions,
  OnnxplainError,
  type OpenRegions,
  PAGE_FILE,
  packPage,
  type RegionsMap,
  regionsMapPage,
  regionsMapPageOf,
} from "../src/index.ts";
import { commandLine, type Flags, helpPage, isSet, number, parseFlags, RUN_FLAGS, text } from "./flags.ts";
import { deviceOptions } from "./open.ts";
import { progressLine } from "./progress.ts";
import { COVER_FLAGS, nameOf, settingsOf } from "./regions-explain.ts";
import { openSource, SOURCE_FLAGS } from "./regions-source.ts";
import { hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder } from "./write.ts";

const FLAGS = {
  regions: { type: "string", value: "DIR", about: "folder of `regions fit`" },
  inputs: {
    type: "string",
    value: "N",
    about: "clusters of references; a region is made in the middle of each (default 20)",
  },
  k: { type: "string", short: "k", value: "N", about: "references on the sheet of a region (default 8)" },
  ...COVER_FLAGS,
  seed: { type: "string", value: "N", about: "seed of the clusters (default: that of the fit)" },
  out: { type: "string", short: "o", value: "DIR", about: "folder for the page, JSON and tables" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  ...SOURCE_FLAGS,
} as const satisfies Flags;

export const regionsMap: Verb = {
  summary: "the whole network as a handful of rules, and what none of them covers",
  help: helpPage(
    "regions map --regions DIR -o DIR",
    "Clusters the references by their features and makes the region of the reference in the middle of each cluster.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values: own, rest } = parseFlags("regions map", argv, FLAGS);
    if (rest.length > 0)
      throw new OnnxplainError("E_USAGE", `Unexpected \`${rest[0]}\`. The fit is given by --regions.`);
    const folder = text(own, "out");
    if (folder === undefined) throw new OnnxplainError("E_USAGE", "No folder for the map. Add `-o DIR`.");
    const asked = {
      inputs: number(own, "inputs", { min: 1 }),
      k: number(own, "k", { min: 0 }),
      seed: number(own, "seed", { min: 0 }),
      delta: number(own, "delta", { min: 0 }),
      prune: isSet(own, "prune"),
      unitNormals: isSet(own, "unit-normals"),
    };
    await refuseFull(folder);
    const { model, network, of, open, labelOf, values } = await openSource(own, "map");
    const line = progressLine("features", isSet(own, "quiet"));
    try {
      const map = await mapRegions(of, {
        ...asked,
        ...deviceOptions(values),
        labelOf,
        onProgress: (done, total) => line.onProgress({ done, total }),
      }).finally(line.finish);
      const facts = {
        model: model.source.name,
        data: open.report.data,
        settings: [...settingsOf(open), ["inputs", String(map.inputs.length)] as const],
        command: commandLine("regions map", argv),
      };
      const input = await regionsMapPageOf({ open, network, facts }, map);
      const files = new Map(mapFiles(open, map))
        .set(PAGE_FILE, packPage("regions map", input))
        .set("index.html", new TextEncoder().encode(await regionsMapPage(input)));
      await writeFolder(folder, files);
      const out = hushed(console, isSet(own, "quiet"));
      for (const note of map.notes) out.note(`note: ${note}`);
      out.print(
        isSet(own, "json")
          ? new TextDecoder().decode(files.get("map.json")).trimEnd()
          : textOf(open, map, join(folder, "index.html")),
      );
      return 0;
    } finally {
      await model.dispose();
    }
  },
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function textOf(open: OpenRegions, map: RegionsMap, page: string): string {
  const { outliers, groups, classes } = map;
  return [
    ...classes.flatMap((c) => [
      `${nameOf(open, c.class)}: ${c.own} of ${c.references} references in regions of its own${c.others > 0 ? `, ${c.others} only in regions of other classes` : ""}`,
      ...groups
        .map((g, v) => ({ g, v }))
        .filter(({ g }) => g.region.label === c.class)
        .map(
          ({ g, v }) =>
            `  region ${v}: ${g.region.same + g.region.other} references (${g.region.other} of other classes, ${g.alone} in no other region), ${g.boundaries.length} boundaries${g.purity === null ? "" : `, purity ${percent(g.purity)}`}`,
        ),
    ]),
    outliers.places.length === 0
      ? "every reference is covered"
      : `nothing covers ${outliers.places.length} references (${percent(outliers.places.length / open.report.count)}): look at them`,
    page,
  ].join("\n");
}
