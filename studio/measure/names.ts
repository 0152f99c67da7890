/** @file What results call a method, a metric, a map. */
import type { MethodChoice } from "../state/view.ts";

const paramText = (value: unknown): string => (Array.isArray(value) ? value.join(",") : String(value));

/** As `evaluate` names them: `occlusion strides=25`. */
export const nameOf = (id: string, params: Readonly<Record<string, unknown>>): string =>
  [id, ...Object.entries(params).map(([k, v]) => `${k}=${paramText(v)}`)].join(" ");

export const methodName = ({ method, params }: MethodChoice): string => nameOf(method, params);

/** With a true minus; small numbers keep their digits. */
export function figure(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "–";
  const plain = Math.abs(value);
  const text =
    plain !== 0 && (plain < 1e-3 || plain >= 1e5) ? value.toExponential(2) : value.toFixed(plain >= 100 ? 1 : digits);
  return text.replaceAll("-", "−");
}

export const percent = (share: number): string => `${figure(share * 100, 1)} %`;
