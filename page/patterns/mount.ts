/** @file The page on emerging patterns comes to life: reads the scene, shows the tools, draws when something changes. */
import { firstRotation } from "../../src/report/patterns/camera.ts";
import { type PackedScene, unpackedScene } from "../../src/report/patterns/packed.ts";
import type { Scene } from "../../src/report/patterns/scene.ts";
import type { PatternsStart } from "../../src/report/patterns/start.ts";
import { type Listen, listening } from "../listening.ts";
import { all, one } from "../root.ts";
import { choicesOf } from "./choices.ts";
import { framesOf } from "./frames.ts";
import { type Grids, gridsOf } from "./grids.ts";
import { legendOf } from "./legend.ts";
import { pointerOf } from "./pointer.ts";
import { type Stage, stageOf } from "./stage.ts";
import { firstState, type State, type Store, storeOf } from "./state.ts";
import type { Sheet } from "./thumbnails.ts";
import { tipOf } from "./tip.ts";

/** After the last turn of the space, before small arrows follow. */
const SETTLE_MS = 120;

interface Embedded {
  readonly scene: PackedScene;
  readonly sheet: Omit<Sheet, "image">;
  readonly start: PatternsStart;
}

/**
 * Brings the page's markup inside `root` to life; keys reach it as far as the root does. Returns what ends all drawing, waiting and
 * listening; the same markup can be mounted again. A root without a scene is left as it is.
 */
export function mountPatterns(root: ParentNode): () => void {
  const data = root.querySelector("#scene");
  const end = new AbortController();
  if (data !== null) void begin(root, JSON.parse(data.textContent ?? "") as Embedded, end.signal);
  return () => end.abort();
}

async function begin(
  root: ParentNode,
  { scene: packed, sheet: cut, start }: Embedded,
  signal: AbortSignal,
): Promise<void> {
  const scene = unpackedScene(packed);
  const image = one<HTMLImageElement>(root, "#sheet");
  await image.decode().catch(() => undefined);
  if (signal.aborted) return;
  const sheet: Sheet = { image, ...cut };
  for (const tool of all(root, "[data-tool]")) tool.hidden = false;

  const listen = listening(signal);
  const home = firstRotation(scene.frames.at(-1)?.means ?? [], scene.dimension);
  const store = storeOf({ ...firstState(scene.frames.length, scene.dimension), rotation: home, ...start });
  const stage = stageOf(one<HTMLCanvasElement>(root, "#stage"), scene);
  const grids =
    scene.shown.length > 0 && scene.frames.some((f) => f.layers.length > 0)
      ? gridsOf(root, { scene, sheet })
      : undefined;
  const frames = framesOf(root, { scene, store, listen });
  signal.addEventListener("abort", () => {
    frames.stop();
    store.stop();
  });
  legendOf(one(root, "#legend"), { stage, store });
  pointerOf(root, { stage, store, frames, home, listen });
  choicesOf(root, { scene, store, sheet, listen });
  draw(root, { scene, store, stage, grids, sheet, listen, signal });
}

interface Drawn {
  readonly scene: Scene;
  readonly store: Store;
  readonly stage: Stage;
  readonly grids: Grids | undefined;
  readonly sheet: Sheet;
  readonly listen: Listen;
  readonly signal: AbortSignal;
}

/** Now, and after every change of the state, the size or the light. */
function draw(root: ParentNode, { scene, store, stage, grids, sheet, listen, signal }: Drawn): void {
  const canvas = one<HTMLCanvasElement>(root, "#stage");
  const contour = root.querySelector<HTMLElement>("#contour-of");
  const tip = tipOf(root, { scene, stage, sheet });
  let settling: ReturnType<typeof setTimeout> | undefined;
  const drawGrids = (now: State, before: State): void => {
    if (grids === undefined) return;
    const same = sameFrame(now, before) && now.picture === before.picture && now.against === before.against;
    if (!same) grids.draw(now, stage.rotationOf(now));
    else if (now.rotation !== before.rotation || now.view !== before.view) {
      clearTimeout(settling);
      settling = setTimeout(() => grids.turn(store.get(), stage.rotationOf(store.get())), SETTLE_MS);
    }
  };
  store.subscribe((now, before) => {
    stage.draw(now);
    tip(now, now.picked !== before.picked || !sameFrame(now, before) || now.layer !== before.layer);
    if (contour !== null) contour.hidden = now.view !== "plane" || now.layer !== null;
    canvas.dataset.view = now.view;
    canvas.dataset.frame = String(now.frame);
    drawGrids(now, before);
  });
  const redraw = (): void => store.set({});
  const resized = new ResizeObserver(redraw);
  resized.observe(canvas);
  signal.addEventListener("abort", () => {
    resized.disconnect();
    clearTimeout(settling);
  });
  listen(matchMedia("(prefers-color-scheme: dark)"), "change", redraw);
  grids?.draw(store.get(), stage.rotationOf(store.get()));
  redraw();
}

const sameFrame = (a: State, b: State): boolean => Math.round(a.frame) === Math.round(b.frame);
