/** @file Where the maps of a run come from: methods, agreements of several, methods inverted, and maps that know no model. */
import { BLIND, type Blind, invertedName } from "../metrics/baselines.ts";
import { NOT_FINITE } from "../metrics/usable-map.ts";
import type { NamedMethod } from "./ask.ts";
import { agreed, inverted, type Plane } from "./plane.ts";

export type Source = { readonly name: string } & (
  | { readonly kind: "method" | "inverted"; readonly members: readonly [number] }
  | { readonly kind: "agreement"; readonly members: readonly number[] }
  | { readonly kind: "blind"; readonly members: readonly []; readonly blind: Blind }
);

export interface SourceChoice {
  readonly agreements: readonly { readonly name: string; readonly members: readonly number[] }[];
  /** Methods inverted, and maps that know no model. */
  readonly baselines: boolean;
}

/** In the order of the results. `places`: methods that apply to the model. */
export function sourcesOf(
  methods: readonly NamedMethod[],
  places: readonly number[],
  { agreements, baselines }: SourceChoice,
): readonly Source[] {
  const nameOf = (place: number): string => (methods[place] as NamedMethod).name;
  const own = places.map((place): Source => ({ kind: "method", name: nameOf(place), members: [place] }));
  const joint = agreements
    .filter(({ members }) => members.every((m) => places.includes(m)))
    .map((a): Source => ({ kind: "agreement", ...a }));
  if (!baselines) return [...own, ...joint];
  return [
    ...own,
    ...joint,
    ...places.map((place): Source => ({ kind: "inverted", name: invertedName(nameOf(place)), members: [place] })),
    ...BLIND.map((blind): Source => ({ kind: "blind", name: blind, members: [], blind })),
  ];
}

/** A source's map from the maps of its members. */
export const joined = ({ kind }: Source, planes: readonly Plane[]): Plane =>
  kind === "inverted"
    ? inverted(planes[0] as Plane)
    : kind === "agreement"
      ? { map: agreed(planes.map((p) => p.map)), attribution: undefined }
      : (planes[0] as Plane);

/** Why a map cannot be measured; undefined where it can. */
export const unusable = ({ map }: Plane): string | undefined => (map.every(Number.isFinite) ? undefined : NOT_FINITE);
