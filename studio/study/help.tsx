/** @file What explains, on request: each look is one logged action. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { AskedQuestion } from "../../src/index.ts";

type Action = AskedQuestion["offers"][number];

const LABELS: Readonly<Record<"similar" | "heat-map", string>> = {
  similar: "Show similar images",
  "heat-map": "Show heat map",
};

interface Asked {
  readonly question: AskedQuestion;
  readonly shown: ReadonlySet<Action>;
}

export const HelpButtons = ({
  question: { offers },
  shown,
  toggle,
}: Asked & { readonly toggle: (action: Action) => void }): JSX.Element => (
  <>
    {(["similar", "heat-map"] as const)
      .filter((action) => offers.includes(action))
      .map((action) => (
        <button key={action} type="button" aria-pressed={shown.has(action)} onClick={() => toggle(action)}>
          {LABELS[action]}
        </button>
      ))}
  </>
);

export function Help({ question: { opened }, shown }: Asked): JSX.Element {
  const section = useRef<HTMLElement>(null);
  const similar = shown.has("similar") ? opened.similar : null;
  const coming = (shown.has("similar") && !opened.similar) || (shown.has("heat-map") && !opened.heatMap);
  return (
    <>
      <p class="said" role="status">
        {coming ? "The explanation is coming." : similar ? `${similar.length} similar images are shown below.` : ""}
      </p>
      {coming && <p class="soft">One moment …</p>}
      {similar && (
        <section ref={section} aria-label="Similar images">
          <h2>Similar images</h2>
          <p class="soft">The computer takes these to be alike, the most alike first.</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on phones it is a strip that scrolls by keys */}
          <ul class="similar" tabIndex={0}>
            {similar.map((s, i) => {
              const map = shown.has("heat-map") ? s.heatMap : null;
              return (
                <li key={s.picture}>
                  <figure>
                    <img
                      src={map ?? s.picture}
                      alt={map ? "Similar image, under its heat map" : "Similar image"}
                      onLoad={i === 0 ? () => section.current?.scrollIntoView({ block: "nearest" }) : undefined}
                    />
                    {s.caption && <figcaption>{s.caption}</figcaption>}
                  </figure>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </>
  );
}
