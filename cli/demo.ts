/** @file `onnxplain demo`: placeholder until the constructed network is linked. */
import type { Verb } from "./verb.ts";
export const demo: Verb = { summary: "explain bundled pictures with a bundled network", help: "", run: async () => 1 };
