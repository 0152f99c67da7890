/** @file The script of `page/areas.ts` as text; `npm run pages` makes it again. */

// biome-ignore format: bundled
// biome-ignore lint/suspicious/noTemplateCurlyInString: templates of the script itself
export const SCRIPT: string = "(()=>{var o=(n,e)=>[...n.querySelectorAll(e)];function a(n){for(let e of o(n,\"tr[data-area]\")){let s=n.querySelector(`#${CSS.escape(e.dataset.area??\"\")}`),r=t=>()=>{s?.classList.toggle(\"on\",t)};for(let t of[\"pointerenter\",\"focus\"])e.addEventListener(t,r(!0));for(let t of[\"pointerleave\",\"blur\"])e.addEventListener(t,r(!1))}}a(document);})();";
