/** @file Families of methods. */

/** In the order in which a list shows them. */
export const FAMILY_ORDER = [
  "Class activation maps",
  "Gradients",
  "Relevance",
  "Occlusion and sampling",
  "Learned masks",
  "Attention",
] as const;
