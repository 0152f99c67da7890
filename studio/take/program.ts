/** @file The TypeScript program that computes the same. */
import { DRAWN } from "../state/examples.ts";
import { changedPreprocessing, modelPath, type Subject } from "./subject.ts";

const keyOf = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key));

/** A value on one line. */
function flat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flat).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, v]) => `${keyOf(key)}: ${flat(v)}`)
    .join(", ")} }`;
}

const WIDTH = 80;

/** A value as a literal, over several lines where it is long. */
function literal(value: unknown, indent = ""): string {
  const short = flat(value);
  if (typeof value !== "object" || value === null || short.length + indent.length <= WIDTH) return short;
  const inner = `${indent}  `;
  const rows = Array.isArray(value)
    ? value.map((v) => inner + literal(v, inner))
    : Object.entries(value).map(([key, v]) => `${inner}${keyOf(key)}: ${literal(v, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${rows.join(",\n")},\n${indent}${close}`;
}

function optionsOf(subject: Subject): Readonly<Record<string, unknown>> {
  const { view } = subject;
  const changed = changedPreprocessing(subject);
  return {
    methods: view.methods.map(({ method, params }) => (Object.keys(params).length === 0 ? method : { method, params })),
    target: view.targets,
    ...(view.layer ? { layer: view.layer } : {}),
    ...(view.output === "probability" ? { output: view.output } : {}),
    ...(view.seed === 0 ? {} : { seed: view.seed }),
    ...(view.batch ? { batch: view.batch } : {}),
    ...(changed ? { preprocessing: changed } : {}),
  };
}

/** For Node; the same without `readFile` runs in a page. */
export function programOf(subject: Subject): string {
  const { view, source, picture, drawn } = subject;
  const edited = view.edits.length > 0;
  const names = [
    ...(edited ? ["applyEdits"] : []),
    ...(edited && !drawn ? ["decodeImage"] : []),
    "explainAll",
    "loadModel",
    ...(edited ? ["parseEdit"] : []),
    ...(drawn ? ["synthDataSet"] : []),
  ];
  const { count, seed, classes, splits } = DRAWN;
  const opened = drawn
    ? [
        `const drawn = synthDataSet(${literal({ count, seed, classes, splits })});`,
        "let picture;",
        `for await (const item of drawn.items()) if (item.id === ${JSON.stringify(picture)}) picture = await item.load();`,
        'if (!picture) throw new Error("not drawn");',
      ]
    : [
        edited
          ? `const picture = await decodeImage(await readFile(${JSON.stringify(picture)}));`
          : `const picture = ${JSON.stringify(picture)};`,
      ];
  const edits = edited
    ? [`const edits = ${literal(view.edits)}.map(parseEdit);`, "const { image } = applyEdits(picture, edits);"]
    : [];
  return [
    ...(edited && !drawn ? ['import { readFile } from "node:fs/promises";'] : []),
    `import { ${names.join(", ")} } from "onnxplain";`,
    "",
    `await using model = await loadModel(${JSON.stringify(modelPath(source))});`,
    ...opened,
    ...edits,
    `const { explanations, failures } = await explainAll(model, ${edited ? "image" : "picture"}, ${literal(optionsOf(subject))});`,
    "for (const map of explanations) console.log(map.method, map.dims, map.score, map.values);",
    "for (const { method, error } of failures) console.error(method, error.message);",
    "",
  ].join("\n");
}
