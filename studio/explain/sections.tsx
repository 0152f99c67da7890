/** @file The maps of each target, side by side. */
import { model } from "../state/session.ts";
import { view } from "../state/view.ts";
import { outcomes, type Wanted, wanted } from "./maps.ts";
import { removeTarget } from "./predictions.tsx";
import { predicted, scores } from "./scores.ts";
import { Tile } from "./tile.tsx";
import { contrastOf, percent, significant, targetText } from "./words.ts";

/** The class that the maps are of; the prediction may be another by now, under the brush. */
function explainedClass(own: readonly Wanted[]): number | undefined {
  for (const { key } of own) {
    const outcome = outcomes.value.get(key);
    if (outcome?.kind === "done") return outcome.map.target.index;
  }
  return predicted.value;
}

/** The score of a target in words: `logit 14.2, 93.1 % of the softmax`. */
function scoreOf(target: string, top: number | undefined): string {
  const now = scores.value;
  if (now === undefined) return "";
  const kind = now.scoreKind === "logits" ? "logit" : "probability";
  const contrast = contrastOf(target);
  if (contrast) {
    const [a, b] = contrast;
    return `${kind} ${significant((now.scores[a] ?? 0) - (now.scores[b] ?? 0))} more`;
  }
  const index = target === "predicted" ? top : Number(target);
  const score = index === undefined ? undefined : now.scores[index];
  if (index === undefined || score === undefined) return "";
  const share = now.scoreKind === "logits" ? `, ${percent(now.probabilities[index] ?? 0)} of the softmax` : "";
  return `${kind} ${significant(score)}${share}`;
}

export function Sections() {
  const { targets } = view.value;
  const all = wanted.value;
  if (model.value && all.length === 0) return <p class="soft">Add a picture, and it is explained here.</p>;
  return (
    <>
      {targets.map((target) => {
        const own = all.filter((w) => w.target === target);
        const top = explainedClass(own);
        const name = targetText(model.value, target, top);
        return (
          <section class="target" key={target} aria-label={`Maps for ${name}`} data-target={target}>
            <div class="target-head">
              <h2>
                {name}
                {target === "predicted" ? <span class="tag">predicted</span> : null}
              </h2>
              <p class="soft">{scoreOf(target, top)}</p>
              {targets.length > 1 ? (
                <button type="button" class="quiet" aria-label={`Remove ${name}`} onClick={() => removeTarget(target)}>
                  Remove
                </button>
              ) : null}
            </div>
            <div class={`grid tiles c${Math.min(own.length, 7)}`}>
              {own.map((w) => (
                <Tile key={w.choice.method} wanted={w} of={name} />
              ))}
            </div>
          </section>
        );
      })}
    </>
  );
}
