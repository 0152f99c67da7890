/** @file Words of a command line, quoted where a POSIX shell would read them otherwise. */

const PLAIN = /^[\w@%+=:,./-]+$/;
export const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const WIDTH = 96;

/** One command, over several lines where it is long; an option stays with its value. */
export function commandText(verb: string, words: readonly (readonly string[])[]): string {
  const lines = [`onnxplain ${verb}`];
  for (const group of words) {
    const text = group.map(quoted).join(" ");
    const last = lines.at(-1) as string;
    if (last.length + 1 + text.length <= WIDTH) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`  ${text}`);
  }
  return lines.join(" \\\n");
}
