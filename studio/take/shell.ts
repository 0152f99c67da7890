/** @file Words of a command line, quoted where a POSIX shell would read them otherwise. */

const PLAIN = /^[\w@%+=:,./-]+$/;
export const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** One command; options begin new lines where it gets long. */
export function commandText(verb: string, words: readonly (readonly string[])[]): string {
  const groups = words.map((group) => group.map(quoted).join(" "));
  const short = [`onnxplain ${verb}`, ...groups].join(" ");
  return short.length <= 100 ? short : [`onnxplain ${verb}`, ...groups].join(" \\\n  ");
}
