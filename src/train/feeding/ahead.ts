/** @file Makes the next batch while the one before is worked on. */

/**
 * What `make` gives for 0 … count - 1, in order. The next one is begun as soon as the consumer waits for something else, and at the latest
 * when it asks; one is ready or being made at any time, never more.
 */
export async function* ahead<T>(count: number, make: (index: number) => Promise<T>): AsyncGenerator<T, void, void> {
  let next = once(() => make(0));
  for (let i = 0; i < count; i++) {
    const got = await next();
    const following = once(() => make(i + 1));
    // a failure is the consumer's when it asks; until then nobody listens
    const begin = (): unknown => following().catch(() => undefined);
    const timer = i + 1 < count ? setTimeout(begin, 0) : undefined;
    next = following;
    try {
      yield got;
    } finally {
      clearTimeout(timer);
    }
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
