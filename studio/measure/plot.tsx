/** @file Lines over steps as inline SVG: axes with units, a marker that can be moved, and the same as a table. */
import { useSignal } from "@preact/signals";
import { figure } from "./names.ts";

export interface PlotLine {
  readonly name: string;
  /** One value a step, from step 0 on. */
  readonly values: readonly number[];
  /** `c0` … `c5`, or `b-random`, `b-centre`, `b-edges`. */
  readonly style: string;
}

export interface PlotProps {
  readonly lines: readonly PlotLine[];
  /** What the plot shows, in words. */
  readonly what: string;
  readonly x: string;
  readonly y: string;
  /** A scale of 0 … 1, or as far as the values reach. */
  readonly scale: "share" | "free";
  /** Level lines with a word each. */
  readonly levels?: readonly { readonly at: number; readonly text: string }[] | undefined;
  readonly marker?: number | undefined;
  readonly onMarker?: ((step: number) => void) | undefined;
}

const [WIDTH, HEIGHT] = [400, 240] as const;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 22, 36] as const;
const INNER = { width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM } as const;

/** A round step for about so many ticks. */
function roundStep(span: number, count: number): number {
  const raw = span / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10);
}

function ticksOf(low: number, high: number, step: number): readonly number[] {
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.min(20, Math.max(0, count)) }, (_, i) => (first + i) * step);
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function reach(lines: readonly PlotLine[], levels: readonly { readonly at: number }[]): Range {
  const all = [...lines.flatMap((l) => l.values), ...levels.map((l) => l.at)].filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (!(low <= high)) return { low: 0, high: 1 };
  const step = roundStep(high - low || 1, 4);
  return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step || step };
}

const tenth = (v: number): string => String(Math.round(v * 10) / 10);

export function Plot({ lines, what, x, y, scale, levels = [], marker, onMarker }: PlotProps) {
  const end = Math.max(1, ...lines.map((l) => l.values.length - 1));
  const own = reach(lines, levels);
  const inShare = scale === "share" && own.low >= 0 && own.high <= 1;
  const range = inShare ? { low: 0, high: 1 } : own;
  const px = (step: number): number => LEFT + (step / end) * INNER.width;
  const py = (v: number): number => TOP + (1 - (v - range.low) / (range.high - range.low || 1)) * INNER.height;
  const path = (values: readonly number[]): string => {
    let pen = "M";
    let drawn = "";
    for (const [i, v] of values.entries()) {
      if (v === undefined || !Number.isFinite(v)) {
        pen = "M";
        continue;
      }
      drawn += `${pen}${tenth(px(i))} ${tenth(py(v))}`;
      pen = "L";
    }
    return values.length === 1 ? `${drawn}h0.1` : drawn;
  };
  const base = TOP + INNER.height;
  const move = (event: MouseEvent): void => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const inside = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / INNER.width;
    onMarker?.(Math.round(Math.min(1, Math.max(0, inside)) * end));
  };
  return (
    <svg
      class="measure-plot"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={what}
      onPointerDown={onMarker && move}
      onPointerMove={onMarker && ((event) => event.buttons > 0 && move(event))}
    >
      <text class="unit" x={2} y={12}>
        {y}
      </text>
      {ticksOf(range.low, range.high, roundStep(range.high - range.low, 4)).map((t) => (
        <g key={t}>
          <path class="rule" d={`M${LEFT} ${tenth(py(t))}h${INNER.width}`} />
          <text class="end" x={LEFT - 6} y={py(t) + 4}>
            {figure(t, Math.abs(range.high - range.low) < 2 ? 2 : 1)}
          </text>
        </g>
      ))}
      {levels.map(({ at, text }) => (
        <g key={text}>
          <path class="level" d={`M${LEFT} ${tenth(py(at))}h${INNER.width}`} />
          <text class="end level-text" x={WIDTH - RIGHT} y={py(at) - 4}>
            {text}
          </text>
        </g>
      ))}
      <path class="axis" d={`M${LEFT} ${base}h${INNER.width}`} />
      {ticksOf(0, end, Math.max(1, roundStep(end, 5))).map((t) => (
        <g key={t}>
          <path class="axis" d={`M${tenth(px(t))} ${base}v4`} />
          <text class="mid" x={px(t)} y={base + 16}>
            {t}
          </text>
        </g>
      ))}
      <text class="mid unit" x={LEFT + INNER.width / 2} y={HEIGHT - 4}>
        {x}
      </text>
      {lines.map((l) => (
        <path key={l.name} class={`line ${l.style}`} d={path(l.values)} />
      ))}
      {marker === undefined ? null : <path class="marker" d={`M${tenth(px(Math.min(marker, end)))} ${TOP}V${base}`} />}
      {marker === undefined
        ? null
        : lines.map((l) => {
            const step = Math.min(marker, l.values.length - 1);
            const v = l.values[step];
            return v === undefined || !Number.isFinite(v) ? null : (
              <circle key={l.name} class={`dot ${l.style}`} cx={px(step)} cy={py(v)} r={3.5} />
            );
          })}
    </svg>
  );
}

/** The numbers of a plot, for those who read tables; made when it is opened. */
export function PlotTable({ lines, x, what }: Pick<PlotProps, "lines" | "x" | "what">) {
  const open = useSignal(false);
  const end = Math.max(0, ...lines.map((l) => l.values.length));
  return (
    <details
      class="as-table"
      onToggle={(event) => {
        open.value = (event.currentTarget as HTMLDetailsElement).open;
      }}
    >
      <summary>As a table</summary>
      {open.value ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section class="scroll bare" tabIndex={0} aria-label={what}>
          <table>
            <caption>{what}</caption>
            <thead>
              <tr>
                <th scope="col">{x}</th>
                {lines.map((l) => (
                  <th key={l.name} scope="col" class="n">
                    {l.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {Array.from({ length: end }, (_, step) => (
                <tr key={step}>
                  <th scope="row">{step}</th>
                  {lines.map((l) => {
                    const v = l.values[step];
                    return (
                      <td key={l.name} class="n">
                        {v === undefined ? "" : figure(v, 4)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : null}
    </details>
  );
}
