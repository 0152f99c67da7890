/** @file Finding one's way inside a root: a whole document, an element, or a shadow root. */

export const all = <T extends Element = HTMLElement>(root: ParentNode, selector: string): readonly T[] => [
  ...root.querySelectorAll<T>(selector),
];

/** What the markup was made with: absence is a fault. */
export function one<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (found === null) throw new Error(`internal: no ${selector}`);
  return found;
}

/** The element that carries what holds for all of a root, as custom properties. */
export function carrierOf(root: ParentNode): HTMLElement {
  if ("documentElement" in root) return (root as Document).documentElement;
  return "host" in root ? ((root as ShadowRoot).host as HTMLElement) : (root as HTMLElement);
}

export function made<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
