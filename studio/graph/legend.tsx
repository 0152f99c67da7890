/** @file What colours and bars of the drawing stand for. */
import { useMemo } from "preact/hooks";
import type { GraphView } from "../../src/index.ts";
import { kindsIn } from "./kinds.ts";
import { figure, head } from "./words.ts";

interface LegendProps {
  readonly view: GraphView;
  /** The largest relevance of any node; 0 where none is shown. */
  readonly most: number;
}

/** Characters of a stranger's op that fit. */
const OP = 18;

export function Legend({ view, most }: LegendProps) {
  const kinds = useMemo(() => kindsIn(view), [view]);
  return (
    <div class="graph-legend">
      <ul aria-label="Kinds of ops">
        {kinds.map(({ kind, word, ops }) => (
          <li key={kind}>
            <i class={`swatch kind-${kind}`} aria-hidden="true" /> {word}{" "}
            <span class="soft">{ops.map((op) => head(op, OP)).join(", ")}</span>
          </li>
        ))}
        <li>
          <i class="ring" aria-hidden="true" /> can be picked
        </li>
      </ul>
      {most > 0 && <Scale most={most} />}
    </div>
  );
}

const [WIDTH, HALF] = [180, 80] as const;

/** The scale of the bars, from the largest against to the largest for. */
function Scale({ most }: { readonly most: number }) {
  const end = figure(most);
  const middle = WIDTH / 2;
  return (
    <figure class="graph-scale">
      <svg
        viewBox={`0 0 ${WIDTH} 22`}
        width={WIDTH}
        height={22}
        role="img"
        aria-label={`Bars reach from −${end} to ${end}`}
      >
        <rect class="against" x={middle - HALF} y={1} width={HALF} height={4} />
        <rect class="for" x={middle} y={1} width={HALF} height={4} />
        <path class="tick" d={`M${middle - HALF} 0v8M${middle} 0v8M${middle + HALF} 0v8`} />
        <text x={0} y={20}>{`−${end}`}</text>
        <text class="mid" x={middle} y={20}>
          0
        </text>
        <text class="end" x={WIDTH} y={20}>
          {end}
        </text>
      </svg>
      <figcaption>
        Relevance received, in units of the explained score: against it to the left, for it to the right
      </figcaption>
    </figure>
  );
}
