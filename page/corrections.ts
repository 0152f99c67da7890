/** @file What was checked and corrected in a list of labels, as values: kept in the browser, written as CSV. */

/** One point as the reader left it: classes are indices as text, empty where there is none or the label is kept. */
export interface Checked {
  readonly position: string;
  readonly id: string;
  readonly label: string;
  readonly done: boolean;
  readonly to: string;
}

type Kept = readonly [position: string, done: boolean, to: string];

/** What was kept under a key; nothing where the browser keeps nothing, or something else stands there. */
export function keptIn(key: string): readonly Kept[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isKept) : [];
  } catch {
    return [];
  }
}

const isKept = (entry: unknown): entry is Kept =>
  Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "boolean" && typeof entry[2] === "string";

/** Points that nobody touched are left out. */
export function keep(key: string, all: readonly Checked[]): void {
  const touched = all
    .filter(({ done, to }) => done || to !== "")
    .map(({ position, done, to }): Kept => [position, done, to]);
  try {
    localStorage.setItem(key, JSON.stringify(touched));
  } catch {
    // Storage is full or forbidden: the page works on without it.
  }
}

/** `position, id, label, corrected`, a row for each point that was checked or corrected; classes by name where that is theirs alone. */
export function correctionsCsv(all: readonly Checked[], labels: readonly string[]): string {
  const nameOf = (index: string): string => {
    if (index === "") return "";
    const name = labels[Number(index)];
    const unique = name !== undefined && labels.indexOf(name) === labels.lastIndexOf(name);
    return unique ? name : index;
  };
  const rows = all
    .filter(({ done, to }) => done || to !== "")
    .map(({ position, id, label, to }) =>
      [position, field(id), field(nameOf(label)), field(nameOf(to === "" ? label : to))].join(","),
    );
  return `${["position,id,label,corrected", ...rows].join("\r\n")}\r\n`;
}

const field = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
