/** @file Moving through frames: the slider, the keys, the play button; smooth where the reader wants motion. */
import type { Scene } from "../../src/report/patterns/scene.ts";
import type { Listen } from "../listening.ts";
import { one } from "../root.ts";
import { calm, type Store } from "./state.ts";

const MOVE_MS = 450;
const REST_MS = 650;

export interface Frames {
  /** To the frame `steps` further. */
  readonly step: (steps: number) => void;
  /** Stands still from now on. */
  readonly stop: () => void;
}

export function framesOf(
  root: ParentNode,
  { scene, store, listen }: { readonly scene: Scene; readonly store: Store; readonly listen: Listen },
): Frames {
  const last = scene.frames.length - 1;
  const slider = one<HTMLInputElement>(root, "#frame");
  const play = one<HTMLButtonElement>(root, "#play");
  const shownName = one(root, "#frame-name");
  let running: number | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let aim = store.get().frame;

  const stopMove = (): void => {
    if (running !== undefined) cancelAnimationFrame(running);
    running = undefined;
  };
  const go = (to: number, done: () => void = () => undefined): void => {
    stopMove();
    aim = Math.min(Math.max(to, 0), last);
    const from = store.get().frame;
    if (calm() || from === aim) {
      store.set({ frame: aim });
      done();
      return;
    }
    const began = performance.now();
    const tick = (now: number): void => {
      const share = Math.min(Math.max((now - began) / MOVE_MS, 0), 1);
      const eased = share * share * (3 - 2 * share);
      store.set({ frame: share === 1 ? aim : from + (aim - from) * eased });
      running = share < 1 ? requestAnimationFrame(tick) : undefined;
      if (share === 1) done();
    };
    running = requestAnimationFrame(tick);
  };
  const halt = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  };
  const next = (): void => {
    if (aim >= last) {
      halt();
      return;
    }
    go(aim + 1, () => {
      waiting = setTimeout(next, REST_MS);
    });
  };
  const step = (steps: number): void => {
    halt();
    go(Math.round(aim) + steps);
  };

  listen(play, "click", () => {
    if (play.getAttribute("aria-pressed") === "true") {
      halt();
      stopMove();
      return;
    }
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    if (aim >= last) {
      aim = 0;
      store.set({ frame: 0 });
    }
    waiting = setTimeout(next, 50);
  });
  listen(slider, "input", () => {
    halt();
    stopMove();
    aim = Number(slider.value);
    store.set({ frame: aim });
  });
  // Between frames nothing was fitted: the slider comes to rest on one.
  listen(slider, "change", () => go(Math.round(aim)));
  listen(slider, "keydown", (event) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -1,
      PageUp: 1,
    };
    const by = event.key === "Home" ? -last - 1 : event.key === "End" ? last + 1 : steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    step(by);
  });
  store.subscribe((now) => {
    slider.value = String(now.frame);
    const name = scene.frames[Math.round(now.frame)]?.name ?? "";
    slider.setAttribute("aria-valuetext", name);
    shownName.textContent = name;
  });
  const stop = (): void => {
    halt();
    stopMove();
  };
  return { step, stop };
}
