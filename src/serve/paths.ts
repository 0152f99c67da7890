/** @file The path of an address as names of folders and a file: decoded once, and only names that mean the same everywhere. */

/** Windows opens devices by these names, whatever the ending. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(?:\.|$)/i;
/** Separators, drives and streams, wildcards, control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const NEVER = /[\\/:*?"<>|\u0000-\u001f\u007f]/;

/** May a file or folder of this name be served? Not when it is hidden, climbs, or means something else on another system. */
export const isPlainName = (name: string): boolean =>
  name !== "" &&
  name.length <= 255 &&
  !name.startsWith(".") &&
  !/[. ]$/.test(name) &&
  !NEVER.test(name) &&
  !DEVICE.test(name);

/**
 * The names in the path of a request target (`/a/b%20c?d` -> `["a", "b c"]`; a last `/` adds nothing). Undefined when it is not of
 * the form `/path`, is not UTF-8 in percent-encoding, or holds a name that {@link isPlainName} refuses.
 */
export function pathParts(target: string): readonly string[] | undefined {
  const path = target.replace(/[?#].*$/s, "");
  if (!path.startsWith("/")) return undefined;
  if (path === "/") return [];
  try {
    const parts = path.replace(/\/$/, "").slice(1).split("/").map(decodeURIComponent);
    return parts.every(isPlainName) ? parts : undefined;
  } catch {
    return undefined;
  }
}
