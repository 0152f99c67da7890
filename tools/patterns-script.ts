/** @file Bundles the script of the page on emerging patterns (`tools/patterns-page/`) into `src/report/patterns/script.ts`. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

export const SCRIPT_FILE = "src/report/patterns/script.ts";

/** The module's text, the same for the same sources: one string that holds the whole script. */
export async function patternsScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["tools/patterns-page/main.ts"],
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
  return [
    "/** @file The script of the page, bundled from `tools/patterns-page/`; `npm run pages` makes it again. */",
    "",
    "// biome-ignore format: bundled",
    "// biome-ignore lint/suspicious/noTemplateCurlyInString: templates of the script itself",
    `export const PATTERNS_SCRIPT: string = ${JSON.stringify(script)};`,
    "",
  ].join("\n");
}
