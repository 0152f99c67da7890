/** @file The runs that can be opened, by the folder they came in. */
import { compareWith, isSame, type ListedRun, type ListedSource, openedRun, openRun, sources } from "../state/runs.ts";

export function RunList() {
  return (
    <div class="run-list">
      {sources.value.map((source) => (
        <Source key={source.id} {...source} />
      ))}
      <Compare />
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

/** With an `evaluate` run open: the others that it can be held against. */
function Compare() {
  const [place, ...more] = openedRun.value?.places ?? [];
  const measured = sources.value.flatMap((s) => s.runs).filter((run) => run.kind === "evaluate");
  const others = measured.filter((run) => place && !isSame(run, place));
  if (!place || more.length > 0 || others.length === 0 || !measured.some((run) => isSame(run, place))) return null;
  return (
    <label class="compare">
      Compare it with
      <select
        value=""
        onChange={(event) => {
          const other = others[Number(event.currentTarget.value)];
          event.currentTarget.value = "";
          if (other) void compareWith(place, other);
        }}
      >
        <option value="">another run …</option>
        {others.map((run, i) => (
          <option key={`${run.source} ${run.path}`} value={i}>
            {run.name}
          </option>
        ))}
      </select>
    </label>
  );
}
