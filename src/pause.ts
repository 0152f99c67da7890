/** @file Long work in one thread lets others have a turn: signals, timers, a page. */

/** Resolves once what waited has had its turn. */
export const pause = (): Promise<void> => new Promise((done) => setTimeout(done));
