/** @file What the sheet of concepts is made from: plain values, pictures as PNG bytes. */
import type { PageFacts } from "../representers/input.ts";

/** One example: the patch alone, and where it lies in its picture. */
export interface ConceptExample {
  readonly id: string;
  readonly patch: Uint8Array;
  readonly place?: Uint8Array | undefined;
}

export interface ConceptCard {
  readonly name: string;
  /** `32 patches in 27 pictures`. */
  readonly about: string;
  /** TCAV score, 0…1: mean and sample standard deviation over random sets, and the mean of random counterparts. */
  readonly mean: number;
  readonly deviation: number;
  readonly counterpart: number;
  readonly p: number;
  readonly significant: boolean;
  /** Held-out accuracy of the classifiers, 0…1. */
  readonly accuracy: number | null;
  readonly examples: readonly ConceptExample[];
}

export interface ConceptsPage {
  readonly facts: PageFacts;
  readonly title: string;
  readonly lead: string;
  readonly className: string;
  readonly significance: number;
  /** Concepts that passed the test, then those that did not. */
  readonly concepts: readonly ConceptCard[];
  readonly dropped: readonly ConceptCard[];
}
