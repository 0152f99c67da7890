/** @file Bundles each behaviour of `page/` into a module of `src/report/html/scripts/` that holds it as text, for pages to carry. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BEHAVIOUR_NAMES, type Behaviour } from "../src/report/html/behaviours.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Where each behaviour is made, and the function that brings a root to life. */
const SOURCES: Readonly<Record<Behaviour, readonly [file: string, name: string]>> = {
  areas: ["page/areas.ts", "areas"],
  "check-off": ["page/check-off.ts", "checkOff"],
  classes: ["page/classes.ts", "classes"],
  opacity: ["page/opacity.ts", "opacity"],
  patterns: ["page/patterns/mount.ts", "mountPatterns"],
  probe: ["page/probe.ts", "probe"],
  sort: ["page/sort.ts", "sort"],
};

export const PAGE_SCRIPTS: readonly Behaviour[] = BEHAVIOUR_NAMES;
export const scriptFile = (behaviour: Behaviour): string => `src/report/html/scripts/${behaviour}.ts`;

/** The script that runs on the document; the same for the same sources. */
export async function pageScript(behaviour: Behaviour): Promise<string> {
  const [file, name] = SOURCES[behaviour];
  const { outputFiles } = await build({
    stdin: { contents: `import { ${name} } from "./${file}"; ${name}(document);`, resolveDir: ROOT, loader: "ts" },
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    write: false,
    logLevel: "error",
  });
  const script = (outputFiles[0]?.text ?? "").trimEnd();
  if (/<\/script|<!--/i.test(script)) throw new Error("The script would end its own element: reword the string.");
  return script;
}

/** The text of the module that holds a script. */
export const scriptModule = (behaviour: Behaviour, script: string): string =>
  [
    `/** @file The script of \`${SOURCES[behaviour][0]}\` as text; \`npm run pages\` makes it again. */`,
    "",
    "// biome-ignore format: bundled",
    ...(/\$\{/.test(script)
      ? ["// biome-ignore lint/suspicious/noTemplateCurlyInString: templates of the script itself"]
      : []),
    `export const SCRIPT: string = ${JSON.stringify(script)};`,
    "",
  ].join("\n");
