/** @file `onnxplain bench`: placeholder until the timing core is linked. */
import type { Verb } from "./verb.ts";
export const bench: Verb = { summary: "speed: each method against a forward pass", help: "", run: async () => 1 };
