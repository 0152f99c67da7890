/** @file Runs in a row, each of which hands some of its outputs on to the next. */
import type { Chain, HostTensor, Session } from "./session.ts";

/**
 * Begin with `first`; `handOn` says by input which output of one run is its value in the next. On the runtime's side where the session
 * can, through the host elsewhere.
 * @example const chain = chained(session, { theta: "theta/next" }, { theta });
 */
export function chained(
  session: Session,
  handOn: Readonly<Record<string, string>>,
  first: Readonly<Record<string, HostTensor>>,
): Chain {
  if (session.chain) return session.chain(handOn, first);
  const links = Object.entries(handOn);
  let held = first;
  return {
    run: async (feeds, wanted, accept = () => true) => {
      const results = await session.run({ ...feeds, ...held }, [
        ...new Set([...wanted, ...links.map(([, output]) => output)]),
      ]);
      const read = Object.fromEntries(wanted.map((name) => [name, results[name] as HostTensor]));
      if (accept(read))
        held = Object.fromEntries(links.map(([input, output]) => [input, results[output] as HostTensor]));
      return read;
    },
    read: async () =>
      Object.fromEntries(
        Object.entries(held).map(([name, t]) => [name, { ...t, data: t.data.slice() as typeof t.data }]),
      ),
    dispose: () => undefined,
  };
}
