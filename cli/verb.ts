/** @file What a verb is, and where it speaks: results on stdout, everything else on stderr. */
export interface Console {
  /** A result, on stdout. */
  readonly print: (text: string) => void;
  /** A remark, on stderr. */
  readonly note: (text: string) => void;
}

export interface Verb {
  readonly summary: string;
  readonly help: string;
  /** Verbs of its own, which come first among its arguments. */
  readonly verbs?: Readonly<Record<string, Verb>>;
  /** Resolves to the exit code. */
  readonly run: (argv: readonly string[], out: Console) => Promise<number>;
}

export const terminal: Console = {
  print: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

/** Quiet runs drop remarks, never results. */
export const hushed = (out: Console, quiet: boolean): Console => (quiet ? { ...out, note: () => undefined } : out);

/** A value that is made when first asked for. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
