/** @file The value under a finger, a pointer or the arrow keys, in all maps of one picture at once. */
import { all, one } from "./root.ts";

interface Probe {
  readonly box: HTMLElement;
  readonly columns: number;
  readonly rows: number;
  /** Of the drawing. */
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => number;
  readonly mark: SVGElement;
  readonly output: HTMLElement;
  /** What the output says while nothing is asked. */
  readonly rest: string;
}
/** Place in the picture, 0…1 from the left and from the top. */
type Place = readonly [u: number, v: number];

const STEPS: Readonly<Record<string, Place>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const FAR = 10;

/** Reads `.probe` boxes: `data-image` groups them, `data-map` holds float32, or with `data-scale` 16-bit steps, in base64. */
export function probe(root: ParentNode): void {
  const groups = new Map<string | undefined, Probe[]>();
  for (const box of all(root, ".probe")) {
    const { image } = box.dataset;
    const group = groups.get(image) ?? [];
    groups.set(image, group);
    const own = probeOf(box);
    group.push(own);
    listen(own, group);
  }
}

function probeOf(box: HTMLElement): Probe {
  const { columns, rows, scale } = box.dataset;
  const { width, height } = one<SVGSVGElement>(box, "svg").viewBox.baseVal;
  const output = one(box.parentElement as HTMLElement, ".value");
  const step = scale === undefined ? 1 : Number(scale);
  let values: Int16Array | Float32Array | undefined;
  return {
    box,
    columns: Number(columns),
    rows: Number(rows),
    width,
    height,
    at: (x, y) => {
      values ??= valuesOf(box.dataset);
      return (values[y * Number(columns) + x] as number) * step;
    },
    mark: one<SVGElement>(box, ".mark"),
    output,
    rest: output.textContent ?? "",
  };
}

function valuesOf({ map = "", scale }: DOMStringMap): Int16Array | Float32Array {
  const { buffer } = Uint8Array.from(atob(map), (c) => c.charCodeAt(0));
  return scale === undefined ? new Float32Array(buffer) : new Int16Array(buffer);
}

function listen(own: Probe, group: readonly Probe[]): void {
  const { box } = own;
  const svg = one<SVGSVGElement>(box, "svg");
  let where: Place = [0.5, 0.5];
  const go = (u: number, v: number): void => {
    where = [within(u), within(v)];
    show(group, where);
  };
  const hide = (): void => group.forEach(rest);
  const point = (event: PointerEvent): void => {
    const { left, top, width, height } = svg.getBoundingClientRect();
    go((event.clientX - left) / width, (event.clientY - top) / height);
  };
  box.addEventListener("pointermove", point);
  box.addEventListener("pointerdown", point);
  box.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && !box.matches(":focus")) hide();
  });
  box.addEventListener("blur", hide);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const far = event.shiftKey ? FAR : 1;
    go(where[0] + (far * step[0]) / own.columns, where[1] + (far * step[1]) / own.rows);
  });
  box.tabIndex = 0;
}

const within = (t: number): number => Math.min(Math.max(t, 0), 1 - 1e-9);
const spell = (value: number): string => String(Number(value.toPrecision(3)));

function show(group: readonly Probe[], [u, v]: Place): void {
  for (const { columns, rows, width, height, at, mark, output } of group) {
    const [x, y] = [Math.floor(u * columns), Math.floor(v * rows)];
    mark.setAttribute("cx", String(u * width));
    mark.setAttribute("cy", String(v * height));
    mark.classList.add("on");
    output.classList.add("live");
    output.textContent = `${spell(at(x, y))} at x ${x}, y ${y}`;
  }
}

function rest({ mark, output, rest: words }: Probe): void {
  mark.classList.remove("on");
  output.classList.remove("live");
  output.textContent = words;
}
