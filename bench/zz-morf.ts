import { loadModel, predict } from "../src/index.ts";
import { METRICS } from "../src/metrics/table.ts";
import { readParams } from "../src/params.ts";
const S=224,N=S*S;
const model=await loadModel(process.argv[2] as string);
const pixels=Float32Array.from({length:3*N},(_,i)=>0.5+0.4*Math.sin(i/97));
const toInput=(p:Float32Array)=>p.map(v=>(v-.45)/.22);
const x=toInput(pixels);
const map=Float32Array.from({length:N},(_,i)=>Math.sin(i/1000)+Math.sin(i));
const image:any={id:"a",width:S,height:S,channels:3,layout:"nchw",x,pixels,toInput,target:3,map,maps:[map],attribution:undefined,classes:1000,seed:1,layers:0};
for(let rep=0;rep<5;rep++) for(const id of ["morf","deletion"] as const){
  let fwd=0,copy=0,n=0; const t0=performance.now();
  const metric=METRICS[id]; const g=metric.run(image,readParams(id,metric.params,{})); let s=g.next();
  while(!s.done){const q=s.value.queries; const t=performance.now(); const data=new Float32Array(q.length*3*N); q.forEach((r,i)=>data.set(r.x,i*3*N)); copy+=performance.now()-t; const t1=performance.now(); const r=await predict(model,{dims:[q.length,3,S,S],data},{batch:16}); fwd+=performance.now()-t1; n+=q.length; s=g.next(r.map(l=>({logits:l,probabilities:l})));}
  const all=performance.now()-t0; console.log(id,n,"forward",fwd.toFixed(0),"building",(all-fwd-copy).toFixed(1),"ms =",(100*(all-fwd-copy)/fwd).toFixed(2),"% of forward");
}
await model.dispose();
