/** @file TCAV of concepts that somebody names by pictures of them. */
import { OnnxplainError } from "../../errors.ts";
import type { StreamOptions } from "../stream.ts";
import { type AceAsked, readingOf } from "./find.ts";
import { pictureRows, type SeenPicture } from "./patches.ts";
import { activationGraph, type Positions, rowsOf, slopeGraph } from "./readout.ts";
import { type TcavOptions, type TcavResult, testConcept } from "./tcav.ts";

export interface GivenConcept {
  readonly name: string;
  readonly pictures: readonly SeenPicture[];
}

export interface GivenAsked extends AceAsked {
  readonly concepts: readonly GivenConcept[];
}

export interface GivenOptions extends StreamOptions, TcavOptions {
  /** What activation vectors lie in: every value of the layer (default), or the mean over positions. */
  readonly positions?: Positions | undefined;
}

export interface GivenResult {
  readonly name: string;
  readonly tcav: TcavResult;
}

/**
 * Concepts in the order given; all are measured, none is left out.
 *
 * Source: Kim et al. 2018. Throws `E_DATA_EMPTY` naming what has no pictures, `E_PARAM` for two concepts of one name.
 */
export async function testGivenConcepts(
  asked: GivenAsked,
  options: GivenOptions = {},
): Promise<readonly GivenResult[]> {
  const { classifier, layer, target, pictures, random, concepts } = asked;
  const { positions = "kept", batch, device, threads, signal } = options;
  const named = [{ name: "the class", pictures }, { name: "random pictures", pictures: random }, ...concepts];
  const empty = named.find((c) => c.pictures.length === 0);
  if (empty !== undefined || concepts.length === 0)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `There are no pictures of ${empty?.name ?? "any concept"}. TCAV needs some of the class, of every concept, and two random ones or more.`,
    );
  const twice = concepts.find((c, i) => concepts.findIndex((d) => d.name === c.name) < i);
  if (twice !== undefined)
    throw new OnnxplainError("E_PARAM", `Two concepts are called \`${twice.name}\`. Name them apart.`);
  const stream: StreamOptions = { batch, device, threads, signal };
  const reading = readingOf(asked);
  const activations = activationGraph(classifier, layer, positions);
  const rows = (seen: readonly SeenPicture[]) => rowsOf(classifier, activations, pictureRows(seen, reading), stream);
  const slopes = await rowsOf(
    classifier,
    slopeGraph(classifier, layer, { target, positions }),
    pictureRows(pictures, reading),
    stream,
  );
  const others = await rows(random);
  const results: GivenResult[] = [];
  for (const { name, pictures: own } of concepts)
    results.push({ name, tcav: testConcept({ concept: await rows(own), random: others, slopes }, options) });
  return results;
}
