/** @file What is going on, with progress and a way to stop it; what went wrong, in words. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { dismiss, faults, type Work, works } from "../state/work.ts";

/** Shorter work is not shown, in ms. */
const BRIEF = 300;

/** Seconds left at this rate, in words. */
function leftOf({ began, progress }: Work, now: number): string {
  if (!progress || progress.done === 0 || progress.total <= 1) return "";
  const left = ((now - began) / progress.done) * (progress.total - progress.done);
  return left < 1000 ? "" : `, ${Math.ceil(left / 1000)} s left`;
}

export function Works() {
  const now = useSignal(performance.now());
  const busy = works.value.length > 0;
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setInterval(() => {
      now.value = performance.now();
    }, 250);
    return () => clearInterval(timer);
  }, [busy, now]);
  const shown = works.value.filter((w) => now.value - w.began > BRIEF);
  if (shown.length === 0) return null;
  return (
    <section class="works" aria-label="Work in progress">
      {shown.map((w) => (
        <div class="work" key={w.id}>
          <span>
            {w.title}
            {w.progress?.stage ? `: ${w.progress.stage}` : ""}
            <span class="soft">
              {w.progress && w.progress.total > 1 ? ` ${w.progress.done} of ${w.progress.total}` : ""}
              {leftOf(w, now.value)}
            </span>
          </span>
          <progress
            aria-label={w.title}
            {...(w.progress && w.progress.total > 0 ? { value: w.progress.done, max: w.progress.total } : {})}
          />
          <button type="button" class="quiet" onClick={w.stop}>
            Stop
          </button>
        </div>
      ))}
    </section>
  );
}

export function Faults() {
  if (faults.value.length === 0) return null;
  return (
    <section class="faults" role="alert" aria-label="What went wrong">
      {faults.value.map((f) => (
        <div class="fault" key={f.id}>
          <p>
            <strong>{f.title}</strong> did not work{f.code ? <code> {f.code}</code> : null}. {f.message}
          </p>
          <button type="button" class="quiet" onClick={() => dismiss(f.id)}>
            Dismiss
          </button>
        </div>
      ))}
    </section>
  );
}
