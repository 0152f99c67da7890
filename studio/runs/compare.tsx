/** @file Two runs of `evaluate` against each other. */
import { compareWith, isSame, openedRun, runs } from "../state/runs.ts";

/** With an `evaluate` run open: the others that it can be held against. */
export function Compare() {
  const [place, ...more] = openedRun.value?.places ?? [];
  const measured = runs.value.filter((run) => run.kind === "evaluate");
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
