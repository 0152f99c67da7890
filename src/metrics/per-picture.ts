/** @file What depends on the picture alone is made once for all maps of it. */
import type { MetricImage } from "./metric.ts";

const made = new WeakMap<Float32Array, Map<string, unknown>>();

/** `make()` for the picture, by name; the name says everything else that it depends on. Gone with the picture. */
export function perPicture<T>({ pixels }: Pick<MetricImage, "pixels">, name: string, make: () => T): T {
  const own = made.get(pixels) ?? new Map<string, unknown>();
  made.set(pixels, own);
  if (!own.has(name)) own.set(name, make());
  return own.get(name) as T;
}
