/** @file The same map has the same colour everywhere in the view. */
import { maps } from "./desk.ts";

const COLOURS = 6;

/** Class of a map's lines and marks. */
export function styleOf(name: string): string {
  const all = maps.value;
  const own = all.find((m) => m.name === name);
  if (own?.kind === "blind") return `b-${own.blind}`;
  if (own === undefined) return "joint";
  return `c${all.filter((m) => m.kind !== "blind").indexOf(own) % COLOURS}`;
}
