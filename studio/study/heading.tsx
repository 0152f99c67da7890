/** @file A page's heading, which takes the focus when the page appears: readers hear it, keys go on from it. */
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export function Heading({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const at = useRef<HTMLHeadingElement>(null);
  // before anybody can press a key on the new page
  useLayoutEffect(() => {
    at.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <h1 tabIndex={-1} ref={at}>
      {children}
    </h1>
  );
}
