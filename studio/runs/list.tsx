/** @file The runs that can be opened, by the folder they came in. */
import { isSame, type ListedRun, type ListedSource, openedRun, openRun, sources } from "../state/runs.ts";

export function RunList() {
  return (
    <div class="run-list">
      {sources.value.map((source) => (
        <Source key={source.id} {...source} />
      ))}
    </div>
  );
}

function Source({ source, runs }: ListedSource) {
  const list = (
    <ul>
      {runs.map((run) => (
        <li key={run.path}>
          <Run run={run} />
        </li>
      ))}
    </ul>
  );
  return runs.length > 1 ? (
    <section aria-label={source.name}>
      <h3>{source.name}</h3>
      {list}
    </section>
  ) : (
    list
  );
}

function Run({ run }: { readonly run: ListedRun }) {
  const isOpen = openedRun.value?.places.some((place) => isSame(place, run));
  return (
    <button type="button" class="run" aria-current={isOpen ? "true" : undefined} onClick={() => void openRun(run)}>
      <strong>{run.name}</strong>
      <span class="soft">{run.title ?? run.kind ?? "not known to be a run"}</span>
    </button>
  );
}
