/** @file Round numbers for an axis. */

export interface Domain {
  readonly low: number;
  readonly high: number;
}
export interface Axis extends Domain {
  readonly step: number;
}

/** 1, 2 or 5 times a power of ten, so that about `count` steps cover the domain. */
export function niceStep({ low, high }: Domain, count: number): number {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10);
}

/** The domain widened to whole steps; one value becomes an interval around it. */
export function niceDomain(domain: Domain, count = 4): Axis {
  const { low, high } = domain.low < domain.high ? domain : around(domain.low);
  const step = niceStep({ low, high }, count);
  return { low: Math.floor(low / step + 1e-9) * step, high: Math.ceil(high / step - 1e-9) * step, step };
}
const around = (value: number): Domain => {
  const reach = value === 0 ? 1 : Math.abs(value) / 2;
  return { low: value - reach, high: value + reach };
};

/** Whole steps inside the axis. */
export function ticks({ low, high, step }: Axis): readonly number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Where a value lies in the domain, 0 … 1 inside. */
export const placeIn = ({ low, high }: Domain, value: number): number => (value - low) / (high - low);

/** Positions moved apart, in order, by as little as keeps them `gap` from each other and inside 0 … `end`. */
export function apart(positions: readonly number[], gap: number, end: number): readonly number[] {
  const order = positions.map((_, i) => i).sort((a, b) => (positions[a] as number) - (positions[b] as number));
  const tight = Math.min(gap, end / Math.max(positions.length - 1, 1));
  // Blocks of touching labels, each centred on the mean of where its members want to be (pool adjacent violators).
  const blocks: { sum: number; members: number[] }[] = [];
  const startOf = ({ sum, members }: (typeof blocks)[number]): number =>
    Math.min(
      Math.max(sum / members.length - (tight * (members.length - 1)) / 2, 0),
      end - tight * (members.length - 1),
    );
  for (const i of order) {
    let block = { sum: positions[i] as number, members: [i] };
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (startOf(last) + tight * last.members.length <= startOf(block) + 1e-9) break;
      blocks.pop();
      block = { sum: last.sum + block.sum, members: [...last.members, ...block.members] };
    }
    blocks.push(block);
  }
  const out = positions.slice();
  for (const block of blocks) for (const [k, i] of block.members.entries()) out[i] = startOf(block) + k * tight;
  return out;
}
