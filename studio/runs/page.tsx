/**
 * @file A report inside the studio, in a root of its own: its markup, its style, and the same functions that bring it to life alone.
 * The markup is made by the reports' own template, which escapes what it is given.
 */
import { useEffect, useRef } from "preact/hooks";
import { bringToLife } from "../../page/behaviours.ts";
import { PAGE_STYLE } from "../../src/index.ts";
import type { ShownRun } from "../engine/calls/runs.ts";

/** Links within the report jump, and leave the studio's address as it is. */
function jump(event: Event): void {
  const [from] = event.composedPath();
  const link = from instanceof Element ? from.closest<HTMLAnchorElement>('a[href^="#"]') : null;
  const root = link?.getRootNode() as ShadowRoot | undefined;
  const place = link && root?.querySelector(`#${CSS.escape(link.getAttribute("href")?.slice(1) ?? "")}`);
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView();
}

const sheetOf = (style: string): CSSStyleSheet => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  return sheet;
};

export function RunPage({ run }: { readonly run: ShownRun }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [
      sheetOf(`${PAGE_STYLE}${run.style}`),
      sheetOf(":host{display:block;background:none}main{padding:0;max-width:none}"),
    ];
    root.innerHTML = `<svg class="defs" aria-hidden="true"><defs>${run.definitions}</defs></svg><main role="presentation">${run.main}</main>`;
    const dispose = bringToLife(root, run.behaviours);
    root.addEventListener("click", jump);
    element.focus();
    return () => {
      root.removeEventListener("click", jump);
      dispose();
    };
  }, [run]);
  return (
    <article class="report" aria-label={run.heading}>
      <h2 class="report-title">{run.heading}</h2>
      <p class="lead">{run.lead}</p>
      <div ref={host} class="report-main" tabIndex={-1} />
    </article>
  );
}
