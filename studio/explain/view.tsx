/** @file The first view: why the network decided so. */
import "./explain.css";
import { useEffect } from "preact/hooks";
import { LayerPart } from "./layer.tsx";
import { LookBar } from "./look-bar.tsx";
import { Methods } from "./methods.tsx";
import { ModelCard } from "./model-card.tsx";
import { Paint } from "./paint.tsx";
import { Pictures } from "./pictures.tsx";
import { Predictions } from "./predictions.tsx";
import { Run } from "./run.tsx";
import { Sections } from "./sections.tsx";
import { readMethodTable } from "./table.ts";

export function ExplainView() {
  useEffect(() => void readMethodTable(), []);
  return (
    <div class="explain">
      <section class="desk" aria-label="Model, picture and methods">
        <ModelCard />
        <Pictures />
        <Predictions />
        <Methods />
        <LayerPart />
        <Run />
      </section>
      <div class="board">
        <LookBar />
        <Paint />
        <Sections />
      </div>
    </div>
  );
}
