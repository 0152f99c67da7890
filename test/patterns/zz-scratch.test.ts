import { it } from "vitest";
import { patternCase } from "./golden.ts";
import { closedForm, concentrationOf } from "../../src/patterns/concentration.ts";
import { erf } from "../../src/ops/_erf.ts";
it("g",()=>{
 const c=patternCase("kappa_table"); const l=c.array("l"); const K=c.array("kappa"), D=c.array("dkappa_dl");
 let at=0; console.log(Array.from(l).join(" "));
 for (const d of [2,3,10]) for (const k0 of [Infinity,5,20]) { const con=concentrationOf({dimension:d,kappa0:k0}); const ex=closedForm(d,k0); let w=[0,0,0,0];
  for (const s of l) { const k=K[at]!, dd=D[at]!; at++; const e=ex(s); const r=(a:number,b:number)=>Math.abs(a-b)/Math.max(1e-12,Math.abs(b)); w=[Math.max(w[0]!,r(e.kappa,k)),Math.max(w[1]!,r(e.slope,dd)),Math.max(w[2]!,r(con.at(s),k)),Math.max(w[3]!,r(con.slope(s),dd))]; }
  console.log(d,k0,w); }
 for (const d of [2,3,10,1024]) { const t=performance.now(); const con=concentrationOf({dimension:d}); const t1=performance.now(); const ex=closedForm(d,Infinity); let w=[0,0],where=[0,0]; for(let i=0;i<20000;i++){ const s=(i+.5)*.0023; const e=ex(s); const a=Math.abs(con.at(s)/e.kappa-1), b=Math.abs(con.slope(s)/e.slope-1); if(a>w[0]!) {w[0]=a;where[0]=s;} if(b>w[1]!){w[1]=b;where[1]=s;}} console.log("table",d,"build ms",t1-t,w,where); }
 // monte
 for (const k0 of [Infinity,5]) for (const d of [2,3]) { const m=concentrationOf({dimension:d,kappa0:k0,mode:"monte-carlo",draws:2e5}), x=concentrationOf({dimension:d,kappa0:k0}); console.log("mc",d,k0,[0,.1,.25,1,3,10,60].map(s=>(m.at(s)/x.at(s)-1).toExponential(2)+"/"+(m.slope(s)/x.slope(s)-1).toExponential(1)).join(" ")); }
 // speed
 const con=concentrationOf({dimension:3}); const N=5e6; const ss=Float64Array.from({length:4096},()=>Math.random()*20); let q=0; let t=performance.now(); for(let i=0;i<N;i++) q+=con.at(ss[i&4095]!); console.log("table ns",(performance.now()-t)*1e6/N);
 t=performance.now(); for(let i=0;i<N;i++) q+=con.slope(ss[i&4095]!); console.log("slope ns",(performance.now()-t)*1e6/N);
 const cf=(s:number)=>{ const e=Math.exp(-s*s/2)*Math.sqrt(2/Math.PI)/s; const g=1-(erf(s/Math.SQRT2)*(1-1/(s*s))+e); return (1-g)*(2+g*(2-g))/(g*(2-g)); };
 t=performance.now(); for(let i=0;i<N/10;i++) q+=cf(ss[i&4095]!); console.log("closed d3 ns",(performance.now()-t)*1e7/N, q);
 const ex=closedForm(3,Infinity); t=performance.now(); for(let i=0;i<N/10;i++) q+=ex(ss[i&4095]!).kappa; console.log("series d3 ns",(performance.now()-t)*1e7/N, q);
}, 60000);
