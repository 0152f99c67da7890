/** @file The relevance map of one picture, by whatever method, and where in the picture its relevance lies. */
import { OnnxplainError } from "../../errors.ts";
import type { Box } from "../../metrics/metric.ts";
import { boxMask } from "../../metrics/truth.ts";

export interface RelevanceMap {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, raw and signed: above 0 speaks for the class. */
  readonly values: Float32Array | Float64Array;
  /** Boxes of the class in pixels of the map, half-open; undefined where they are not known. */
  readonly boxes?: readonly Box[] | undefined;
}

/** Shares 0…1 of a map's relevance that lie in some part of it; undefined where there is none to share. */
export interface PartShares {
  /** Of the relevance above 0. */
  readonly positive: number | undefined;
  /** Of the magnitudes. */
  readonly absolute: number | undefined;
  /** Of the pixels, greater than 0: what an even map would have. */
  readonly area: number;
}

export interface MapPlaces {
  /** In a strip along the picture's edges. */
  readonly border: PartShares;
  /** Outside every box; undefined where no boxes are known, or they leave nothing outside. */
  readonly outside: PartShares | undefined;
}

/** Throws `E_INPUT_SHAPE` for sides that the values do not fill, `E_NUMERIC` for values that are not finite. */
export function checkMap({ id, width, height, values }: RelevanceMap): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && values.length === width * height))
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `The map of \`${id}\` is said to be ${width} x ${height} and holds ${values.length} values. Expected width * height of them, one at least.`,
    );
  const at = values.findIndex((v) => !Number.isFinite(v));
  if (at >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `The map of \`${id}\` holds ${values[at]} at x ${at % width}, y ${Math.floor(at / width)}. Leave the picture out, or find where the method fails.`,
    );
}

/** `strip`: width of the border as a share of the shorter side; a pixel at least. Throws as {@link checkMap}. */
export function placesOf(map: RelevanceMap, strip: number): MapPlaces {
  checkMap(map);
  const { width, height, values, boxes } = map;
  const pixels = Math.max(1, Math.round(strip * Math.min(width, height)));
  const atBorder = (i: number): boolean => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return Math.min(x, y, width - 1 - x, height - 1 - y) < pixels;
  };
  const inside = boxes && boxes.length > 0 ? boxMask(boxes, width, height) : undefined;
  return {
    border: sharesOf(values, atBorder),
    outside: inside?.includes(0) ? sharesOf(values, (i) => inside[i] === 0) : undefined,
  };
}

function sharesOf(values: RelevanceMap["values"], within: (pixel: number) => boolean): PartShares {
  let [count, positive, absolute, allPositive, allAbsolute] = [0, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const [up, size] = [Math.max(0, values[i] as number), Math.abs(values[i] as number)];
    allPositive += up;
    allAbsolute += size;
    if (!within(i)) continue;
    count++;
    positive += up;
    absolute += size;
  }
  return {
    positive: allPositive > 0 ? positive / allPositive : undefined,
    absolute: allAbsolute > 0 ? absolute / allAbsolute : undefined,
    area: count / values.length,
  };
}

/** Cells of a grid over a picture, 1 where a cell's centre lies there, else 0; `[grid, grid]`. */
export interface CellPlaces {
  readonly border: Uint8Array;
  /** Undefined where no boxes are known. */
  readonly outside: Uint8Array | undefined;
}

export function cellPlacesOf({ width, height, boxes }: RelevanceMap, strip: number, grid: number): CellPlaces {
  const pixels = Math.max(1, Math.round(strip * Math.min(width, height)));
  const cells = (test: (x: number, y: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: grid * grid }, (_, i) =>
      test((((i % grid) + 0.5) * width) / grid, ((Math.floor(i / grid) + 0.5) * height) / grid) ? 1 : 0,
    );
  return {
    border: cells((x, y) => Math.min(x, y, width - x, height - y) < pixels),
    outside:
      boxes && boxes.length > 0
        ? cells((x, y) => boxes.every((b) => x < b.x0 || x >= b.x1 || y < b.y0 || y >= b.y1))
        : undefined,
  };
}
