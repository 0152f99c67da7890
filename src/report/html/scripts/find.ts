/** @file The script of `page/find.ts` as text; `npm run pages` makes it again. */

// biome-ignore format: bundled
// biome-ignore lint/suspicious/noTemplateCurlyInString: templates of the script itself
export const SCRIPT: string = "(()=>{var r=(n,e)=>[...n.querySelectorAll(e)];function s(n,e){let t=n.querySelector(e);if(t===null)throw new Error(`internal: no ${e}`);return t}function i(n){for(let e of r(n,\".find\")){let t=r(e.parentElement,\":scope > details\"),l=t.map(o=>s(o,\"summary\").textContent?.toLowerCase()??\"\"),a=s(e,\"input\");e.hidden=!1,a.addEventListener(\"input\",()=>{let o=a.value.toLowerCase().trim();for(let[d,m]of t.entries())m.hidden=!l[d].includes(o)})}}i(document);})();";
