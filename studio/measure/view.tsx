/** @file The second view: is the map true? Metrics at work on one picture. */
import "./measure.css";
import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { details, epoch, model, picture, readDetails } from "../state/session.ts";
import { view } from "../state/view.ts";
import { Agreement } from "./agreement.tsx";
import { Board } from "./board.tsx";
import { CommandLine } from "./command-line.tsx";
import { Curves } from "./curves.tsx";
import { ground, maps, readFacts } from "./desk.ts";
import { grow, playing } from "./grown.ts";
import { Numbers } from "./numbers.tsx";
import { Setup } from "./setup.tsx";

/** Changes that come in quick succession are taken together, in ms. */
const BREATH = 250;

export function MeasureView() {
  useEffect(() => {
    void readFacts();
    return () => {
      playing.value = false;
    };
  }, []);
  useSignalEffect(() => {
    epoch.value;
    const on = ground.value;
    const { rho, base } = view.value.measure;
    const { cmap } = view.value.look;
    void [rho, base, cmap];
    if (on === undefined) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      void grow(controller.signal).then(() => {
        if (!controller.signal.aborted && !details.peek()) void readDetails();
      });
    }, BREATH);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  });
  if (!model.value || !picture.value) return <p class="soft">Open a model and a picture first.</p>;
  return (
    <div class="measure">
      <p class="lead">Is the map true? What it calls important is kept, and what the network still says is measured.</p>
      <Setup />
      {maps.value.length === 0 ? (
        <p class="soft">Add a method, or a heat map of your own.</p>
      ) : (
        <>
          <section aria-labelledby="measure-growth">
            <h2 id="measure-growth">Confidence gain, step by step</h2>
            <p class="soft about">
              Each mask holds the most important pixels of its map. Inside it the picture is left, outside stands the
              base image; the mask grows until the network predicts the class again.
            </p>
            <Board />
          </section>
          <section aria-labelledby="measure-agreement">
            <h2 id="measure-agreement">Agreement</h2>
            <Agreement />
          </section>
          <section aria-labelledby="measure-curves">
            <h2 id="measure-curves">Curves</h2>
            <Curves />
          </section>
          <section aria-labelledby="measure-numbers">
            <h2 id="measure-numbers">All numbers</h2>
            <Numbers />
          </section>
          <section aria-label="Command line">
            <CommandLine />
          </section>
        </>
      )}
    </div>
  );
}
