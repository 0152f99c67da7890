/** @file The script of `page/opacity.ts` as text; `npm run pages` makes it again. */

// biome-ignore format: bundled
// biome-ignore lint/suspicious/noTemplateCurlyInString: templates of the script itself
export const SCRIPT: string = "(()=>{var o=(e,t)=>[...e.querySelectorAll(t)];function r(e,t){let n=e.querySelector(t);if(n===null)throw new Error(`internal: no ${t}`);return n}function a(e){return\"documentElement\"in e?e.documentElement:\"host\"in e?e.host:e}function l(e){for(let t of o(e,\".slider\")){let n=r(t,\"input\"),u=r(t,\"output\");t.hidden=!1,n.addEventListener(\"input\",()=>{a(e).style.setProperty(\"--heat\",String(Number(n.value)/100)),u.value=`${n.value} %`})}}l(document);})();";
