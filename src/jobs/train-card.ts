/** @file What stands beside a trained network so that its folder loads like any other: labels and preprocessing. */
import { writeCard } from "../card.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import { toPreprocessorConfig } from "../image/to-preprocessor-config.ts";

/** Files by name. */
export interface Sidecars {
  readonly files: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** `config.json`, and `preprocessor_config.json` or, where Hugging Face's format cannot say it, `META.json`. */
export function sidecarsOf(labels: readonly string[], preprocessing: Preprocessing): Sidecars {
  const config = {
    id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    num_labels: labels.length,
  };
  const files = { "config.json": text(config) };
  const hub = toPreprocessorConfig(preprocessing);
  if (hub) return { files: { ...files, "preprocessor_config.json": text(hub) }, notes: [] };
  const card = writeCard(preprocessing);
  if (card) return { files: { ...files, "META.json": text(card) }, notes: [] };
  return {
    files,
    notes: [
      "neither preprocessor_config.json nor META.json can say this preprocessing: give its flags when you open the model",
    ],
  };
}

const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
