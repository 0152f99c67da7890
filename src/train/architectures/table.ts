/** @file The architectures by name. */
import { OnnxplainError } from "../../errors.ts";
import type { Architecture } from "../architecture.ts";
import { caffenetSmall } from "./caffenet-small.ts";
import { lenet } from "./lenet.ts";
import { mobilenetSmall } from "./mobilenet-small.ts";
import { resnetSmall } from "./resnet-small.ts";
import { vggSmall } from "./vgg-small.ts";

export const ARCHITECTURES = {
  lenet,
  "vgg-small": vggSmall,
  "resnet-small": resnetSmall,
  "mobilenet-small": mobilenetSmall,
  "caffenet-small": caffenetSmall,
} as const satisfies Readonly<Record<string, Architecture>>;

/** Throws `E_PARAM` with the list when there is none of this name. */
export function findArchitecture(id: string): Architecture {
  const found = Object.values<Architecture>(ARCHITECTURES).find((a) => a.id === id);
  if (found) return found;
  throw new OnnxplainError(
    "E_PARAM",
    `There is no architecture \`${id}\`. Architectures: ${Object.keys(ARCHITECTURES).join(", ")}.`,
  );
}
