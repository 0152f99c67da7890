/** @file What is dear to make and asked for again and again: the latest stay, as many as there is room for. */

export interface RecentOptions<Key, Value> {
  readonly nameOf: (key: Key) => string;
  /** Of a value, in bytes. */
  readonly sizeOf: (value: Value) => number;
  /** Of all values that stay, in bytes. */
  readonly room: number;
}

/** `make`, made once for a key that comes again soon, also when it comes while it is being made. What failed is made anew. */
export function recent<Key, Value>(
  make: (key: Key) => Promise<Value>,
  { nameOf, sizeOf, room }: RecentOptions<Key, Value>,
): (key: Key) => Promise<Value> {
  const kept = new Map<string, { readonly value: Promise<Value>; size: number }>();
  let used = 0;
  const drop = (name: string): void => {
    used -= kept.get(name)?.size ?? 0;
    kept.delete(name);
  };
  return (key) => {
    const name = nameOf(key);
    const found = kept.get(name);
    if (found !== undefined) {
      kept.delete(name);
      kept.set(name, found);
      return found.value;
    }
    const entry = { value: make(key), size: 0 };
    kept.set(name, entry);
    entry.value.then(
      (value) => {
        if (kept.get(name) !== entry) return;
        entry.size = sizeOf(value);
        used += entry.size;
        for (const oldest of kept.keys()) {
          if (used <= room) break;
          drop(oldest);
        }
      },
      () => {
        if (kept.get(name) === entry) drop(name);
      },
    );
    return entry.value;
  };
}
