/** @file Listening that ends all at once. */

export type Listen = <K extends keyof HTMLElementEventMap>(
  target: EventTarget,
  event: K,
  act: (event: HTMLElementEventMap[K]) => void,
  options?: { readonly passive?: boolean },
) => void;

export const listening =
  (signal: AbortSignal): Listen =>
  (target, event, act, options = {}) =>
    target.addEventListener(event, act as (event: Event) => void, { ...options, signal });
