/** @file What a visitor does at the desk of the studio, in the words of its controls. */
import axe from "axe-core";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { explained, type Studio, type StudioTab } from "./world.ts";

/** Patience with a machine that has other work, in ms. */
export const SLOW = 300_000;
export const WAIT = 150_000;

/** Opens the studio in a tab of its own, waits for the first maps, acts, and closes it. */
export async function visit(
  studio: Studio,
  act: (tab: StudioTab) => Promise<void>,
  { fragment = "", ...options }: Parameters<Studio["newPage"]>[0] & { readonly fragment?: string } = {},
): Promise<void> {
  const tab = await studio.newPage(options);
  try {
    tab.page.setDefaultTimeout(WAIT);
    await tab.page.goto(studio.url + fragment);
    await explained(tab.page, WAIT);
    await act(tab);
  } finally {
    await tab.close();
  }
}

export const tiles = (page: Page): Locator => page.locator(".tiles .map");
export const tile = (page: Page, method: string): Locator => page.locator(`.tiles .map[data-method="${method}"]`);
export const drawn = (page: Page, method: string): Promise<void> =>
  tile(page, method).and(page.locator('[data-state="done"]')).first().waitFor();
export const method = (page: Page, id: string): Locator => page.getByRole("checkbox", { name: id, exact: true });
export const modelFiles = (page: Page): Locator => page.locator('input[type="file"][accept*=".onnx"]');
export const pictureFiles = (page: Page): Locator => page.locator('input[type="file"][accept="image/*"]');

export const goTo = (page: Page, view: "Explain" | "Measure" | "Runs" | "Take away"): Promise<void> =>
  page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();

/** Nothing that was asked for is still being computed. */
export async function rested(page: Page): Promise<void> {
  await page.waitForTimeout(600);
  await page.waitForFunction(() => document.querySelector(".work") === null);
}

/** What axe-core objects to, by rule and element. */
export async function objections(page: Page): Promise<readonly string[]> {
  // the policy of the page allows no script of ours: the protocol puts it there
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
  });
}

/** The element that has the keyboard, in words that a test can look for. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement;
    const [tag] = /^<[^>]*>/.exec(at?.outerHTML ?? "") ?? [];
    return `${tag} ${(at?.closest("label") ?? at)?.textContent?.slice(0, 100)}`;
  });

/** Presses Tab until it is there; the number of presses. */
export async function reach(page: Page, what: RegExp, most = 250): Promise<number> {
  for (let i = 1; i <= most; i++) {
    await page.keyboard.press("Tab");
    if (what.test(await focused(page))) return i;
  }
  throw new Error(`${what} is not reached by Tab`);
}

/** Waits until a value is as wanted. */
export const soon = (read: () => unknown): ReturnType<typeof expect.poll> =>
  expect.poll(read as () => Promise<unknown>, { timeout: WAIT });
