/** @file The check-off list: points are ordered, checked, given other labels; the corrections leave as CSV. */
import { type Checked, correctionsCsv, keep, keptIn } from "./corrections.ts";
import { all, made, one } from "./root.ts";

/** All points of a list as they stand, and the names of the classes. */
export interface Corrections {
  readonly points: readonly Checked[];
  readonly labels: readonly string[];
}

const SAID_MS = 1500;
const SAVED_MS = 10_000;

/**
 * Of `.suspects`, with its `.tools` and `.csv`. Facts of points stand in `data-` attributes of the items; lists of classes are filled
 * when they come near the screen. What was checked is kept in the browser where that is allowed, under the page's own key; who holds the
 * root hears of it by the event `corrections`, with a {@link Corrections}.
 */
export function checkOff(root: ParentNode): void {
  const list = root.querySelector<HTMLElement>(".suspects");
  if (list === null) return;
  const tools = one(root, ".tools");
  const area = one<HTMLTextAreaElement>(root, ".csv");
  const told = one<HTMLOutputElement>(tools, "output");
  const order = one<HTMLSelectElement>(tools, "select");
  const labels = JSON.parse(tools.dataset.labels ?? "[]") as readonly string[];
  const key = `onnxplain corrections ${tools.dataset.key}`;
  const items = all(list, ":scope > .suspect").map(itemOf);
  const now = (): readonly Checked[] => items.map(checkedOf);
  const csv = (): string => correctionsCsv(now(), labels);

  const tell = (): void => {
    for (const { element, select } of items)
      element.classList.toggle("changed", select.value !== "" && select.value !== element.dataset.label);
    const done = items.filter((item) => item.box.checked).length;
    const changed = items.filter((item) => item.element.classList.contains("changed")).length;
    told.value = `${done} of ${items.length} checked, ${changed} ${changed === 1 ? "correction" : "corrections"}`;
    if (!area.hidden) area.value = csv();
    const detail: Corrections = { points: now(), labels };
    list.dispatchEvent(new CustomEvent("corrections", { bubbles: true, composed: true, detail }));
  };
  const show = (): void => {
    area.hidden = false;
    area.value = csv();
    area.focus();
    area.select();
  };

  tools.hidden = false;
  fillWhenNear(items, labels);
  restore(items, { key, labels });
  list.addEventListener("change", (event) => {
    const item = items.find(({ select }) => select === event.target);
    if (item !== undefined && item.select.value !== "") item.box.checked = true;
    keep(key, now());
    tell();
  });
  order.addEventListener("change", () => {
    const value = ({ element }: Item): number => Number(element.dataset.values?.split(" ")[Number(order.value)]);
    items.sort((a, b) => value(b) - value(a));
    for (const [i, { element }] of items.entries()) one(element, ".place").textContent = `#${i + 1}`;
    list.append(...items.map(({ element }) => element));
  });
  const copy = one(tools, ".copy");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(csv());
      copy.textContent = "Copied";
      setTimeout(() => {
        copy.textContent = "Copy CSV";
      }, SAID_MS);
    } catch {
      show();
    }
  });
  one(tools, ".save").addEventListener("click", () => save(csv(), "corrections.csv"));
  tell();
}

interface Item {
  readonly element: HTMLElement;
  readonly select: HTMLSelectElement;
  readonly box: HTMLInputElement;
}

const itemOf = (element: HTMLElement): Item => ({
  element,
  select: one<HTMLSelectElement>(element, "select"),
  box: one<HTMLInputElement>(element, ".done"),
});

const checkedOf = ({ element: { dataset }, select, box }: Item): Checked => ({
  position: dataset.position ?? "",
  id: dataset.id ?? "",
  label: dataset.label ?? "",
  done: box.checked,
  to: select.value,
});

function fill(select: HTMLSelectElement, labels: readonly string[]): void {
  if (select.dataset.full) return;
  select.dataset.full = "1";
  const known = new Set([...select.options].map((o) => o.value));
  for (const [i, name] of labels.entries()) if (!known.has(String(i))) select.add(new Option(name, String(i)));
}

function fillWhenNear(items: readonly Item[], labels: readonly string[]): void {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries)
        if (isIntersecting) {
          fill(target as HTMLSelectElement, labels);
          near.unobserve(target);
        }
    },
    { rootMargin: "400px" },
  );
  for (const { select } of items) {
    select.addEventListener("focus", () => fill(select, labels));
    near.observe(select);
  }
}

function restore(
  items: readonly Item[],
  { key, labels }: { readonly key: string; readonly labels: readonly string[] },
): void {
  const byPosition = new Map(items.map((item) => [item.element.dataset.position, item]));
  for (const [position, done, to] of keptIn(key)) {
    const item = byPosition.get(position);
    if (item === undefined) continue;
    if (to !== "") fill(item.select, labels);
    item.select.value = to;
    item.box.checked = done;
  }
}

function save(text: string, name: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  made("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), SAVED_MS);
}
