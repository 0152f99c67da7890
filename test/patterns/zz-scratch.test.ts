import { it } from "vitest";
import { readFileSync } from "node:fs";
import { logBesselScaled, besselRatio } from "/work/main/src/patterns/bessel.ts";
it("x",()=>{ let w=[0,0];
for (const [v,x,l,r] of JSON.parse(readFileSync("/tmp/ref.json","utf8"))) {
 const a=logBesselScaled(v,x), b=besselRatio(v,x);
 const e=Math.abs(a-l)/Math.max(1,Math.abs(l)), f=Math.abs(b/r-1);
 if(e>3e-15||f>3e-15||!(e>=0)||!(f>=0)) console.log(v,x,a,l,e,f);
 w=[Math.max(w[0],e),Math.max(w[1],f)];
} console.log(w);
let t=performance.now(); let s=0; for(let i=0;i<1e5;i++) s+=logBesselScaled(0,i*.01+.1); console.log("us", (performance.now()-t)*10/1e3*1);
});
import { logNormaliser, drawDirections, meanResultant } from "/work/main/src/patterns/von-mises-fisher.ts";
it("y",()=>{ let w=0;
for (const [d,x,l] of JSON.parse(readFileSync("/tmp/ref2.json","utf8"))) {
 const a=logNormaliser(d,x); const e=Math.abs(a-l)/Math.max(1,Math.abs(l)); w=Math.max(w,e); if(!(e<3e-15)) console.log(d,x,a,l,e);
} console.log(w);
for (const d of [2,3,10]) for (const k of [0,.5,5,100,1e6]) { const n=100000; const u=drawDirections(d,k,n,3); const m=new Float64Array(d); let one=0; for(let i=0;i<n;i++){let s=0; for(let j=0;j<d;j++){m[j]!+=u[i*d+j]!/n; s+=u[i*d+j]!**2;} one=Math.max(one,Math.abs(s-1));} console.log(d,k,m[0],meanResultant(d,k),(1-m[0]!)/(1-meanResultant(d,k)), one, m[1]);}
});
