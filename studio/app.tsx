/** @file The frame of the studio: who we are, where one can go, what is going on, what went wrong. */
import type { ComponentType } from "preact";
import { lazy, Suspense } from "preact/compat";
import { DropTarget } from "./explain/drop.tsx";
import { ExplainView } from "./explain/view.tsx";
import { OfflineLine } from "./parts/offline.tsx";
import { Faults, Works } from "./parts/work.tsx";
import { model } from "./state/session.ts";
import { setView, TABS, type Tab, view } from "./state/view.ts";
import { said } from "./state/work.ts";

const NAMES: Readonly<Record<Tab, string>> = {
  explain: "Explain",
  measure: "Measure",
  runs: "Runs",
  take: "Take away",
};

/** Views but the first are fetched when they are asked for. */
const VIEWS: Readonly<Record<Tab, ComponentType>> = {
  explain: ExplainView,
  measure: lazy(() => import("./measure/view.tsx").then((m) => ({ default: m.MeasureView }))),
  runs: lazy(() => import("./runs/view.tsx").then((m) => ({ default: m.RunsView }))),
  take: lazy(() => import("./take/view.tsx").then((m) => ({ default: m.TakeView }))),
};

export function App() {
  const { tab } = view.value;
  const View = VIEWS[tab];
  return (
    <>
      <a class="skip" href="#main">
        Skip to the maps
      </a>
      <header class="top">
        <h1>
          <img src="./icon.svg" alt="" width="28" height="28" />
          onnxplain <span class="soft">studio</span>
        </h1>
        <nav aria-label="Views">
          {TABS.map((id) => (
            <a
              key={id}
              href={`#${id}`}
              aria-current={id === tab ? "page" : undefined}
              onClick={(event) => {
                event.preventDefault();
                setView({ tab: id });
              }}
            >
              {NAMES[id]}
            </a>
          ))}
        </nav>
        <p class="promise">{model.value ? "All of it in this page. Nothing is uploaded." : "Opening …"}</p>
      </header>
      <Faults />
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<p class="soft">Opening …</p>}>
          <View />
        </Suspense>
      </main>
      <DropTarget />
      <OfflineLine />
      <Works />
      <div class="said" aria-live="polite" role="status">
        {said.value}
      </div>
    </>
  );
}
