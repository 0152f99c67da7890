/** @file How the pieces of reports look (`parts.ts`, plots, tables), after the style that all pages share. */

const SERIES = [0, 1, 2, 3, 4, 5] as const;

export const PARTS_STYLE = `
:root,:host{--c0:#0a5aa0;--c1:#c2410c;--c2:#0f766e;--c3:#9333ea;--c4:#be185d;--c5:#4d7c0f;--base:#7a7f88;--best:33 102 172;--good:#146c43}
@media (prefers-color-scheme:dark){:root,:host{--c0:#7cc0ff;--c1:#ff9a5c;--c2:#4fd1c5;--c3:#c9a2ff;--c4:#ff8ab5;--c5:#a5d65a;--base:#9aa0aa;--best:86 160 230;--good:#7ddba6}}
nav{margin-top:1.25rem;font-size:.875rem;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
.verdict{background:var(--card);border:1px solid var(--line);border-left:.35rem solid var(--c0);border-radius:.5rem;padding:1.1rem 1.25rem;margin-top:1.5rem}
.verdict.bad{border-left-color:var(--c1)}
.verdict .headline{font-size:1.125rem;line-height:1.4;margin:.4rem 0 .6rem;max-width:60rem;overflow-wrap:anywhere}
.verdict ul{padding-left:1.1rem;margin:.5rem 0}
.verdict li{margin:.45rem 0;overflow-wrap:anywhere}
.fine{font-size:.8125rem;color:var(--soft);max-width:60rem}
.caption{font-size:.875rem;color:var(--soft);max-width:60rem;margin-top:1rem}
.small{display:block;font-size:.75rem;color:var(--soft);line-height:1.3;overflow-wrap:anywhere}
.not{display:block;font-size:.75rem;line-height:1.25;color:var(--soft);white-space:nowrap}
.warning+h3,ul+h3{margin-top:1.25rem}
.failures{font-size:.875rem}
.failures code{white-space:nowrap}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:.9rem 0 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.65rem .9rem}
.tile b{display:block;font-size:1.5rem;line-height:1.2;font-weight:650;letter-spacing:-.01em}
.tile span{font-size:.8125rem;color:var(--soft)}
:is(main,.main) img{display:block;width:100%;height:auto;border-radius:.25rem;background:var(--track)}
.thumbs{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.6rem}
.thumbs figcaption{font-size:.75rem;line-height:1.25;margin-top:.2rem}
.scale-bar{display:block;height:.6rem;width:min(100%,24rem);border-radius:.2rem}
.scroll+.scroll{margin-top:1.25rem}
th.group{border-bottom:0;color:var(--ink);font-weight:600;white-space:normal;padding-bottom:0}
.plain{font-size:.875rem;margin-top:.6rem;width:auto;min-width:min(100%,30rem)}
.plain th,.plain td{padding:.3rem .9rem .3rem 0}
.plain thead th{white-space:normal;overflow-wrap:normal}
.plain th[scope=row]{min-width:6.5rem;max-width:16rem}
.wide{min-width:min(100%,46rem)}
.wide td,.wide th{padding-block:.35rem;vertical-align:top}
.wide .not{white-space:normal}
.best{font-weight:700}
.best .not{font-weight:400}
.loses,.loses .not{color:var(--warn);font-weight:600}
th button{font:inherit;color:inherit;background:none;border:0;padding:0;margin:0;cursor:pointer;text-align:inherit}
th button:hover{color:var(--accent);text-decoration:underline}
th[aria-sort]{color:var(--ink);font-weight:650}
th[aria-sort] button{text-decoration:underline 2px;text-underline-offset:.25em}
button.act{font:inherit;font-size:.875rem;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:.375rem;padding:.3rem .8rem;min-height:2.1rem;cursor:pointer}
button.act:hover{border-color:var(--accent)}
:is(main,.main) :is(select,input[type=search]){font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.375rem;padding:.3rem .5rem;min-height:2.1rem;max-width:100%}
.choose{display:flex;flex-wrap:wrap;gap:.4rem;margin:1.5rem 0 0;align-items:stretch;border:0;padding:0;min-width:0}
.choose legend{padding:0;margin-bottom:.4rem;color:var(--soft);font-size:.875rem}
.choose>input{position:absolute;opacity:0;width:1px;height:1px}
.choose>label{display:inline-flex;gap:.5rem;align-items:center;border:1px solid var(--line);border-radius:1rem;padding:.3rem .8rem;min-height:2.1rem;cursor:pointer;font-size:.875rem;background:var(--card);max-width:min(100%,14rem)}
.choose>label b{font-weight:inherit;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.choose>label span{color:var(--soft)}
.choose>label:hover{border-color:var(--accent)}
.choose>input:checked+label{background:var(--fill);border-color:var(--fill);color:#fff}
@media (prefers-color-scheme:dark){.choose>input:checked+label{color:#10141a}}
.choose>input:checked+label span{color:inherit}
.choose>input:focus-visible+label{outline:3px solid var(--accent);outline-offset:2px}
.choose>.panel{display:none;order:1;flex:1 0 100%;min-width:0}
.choose>input:checked+label+.panel{display:block}
.panel h3{font-size:1.125rem;margin-top:.4rem;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(21rem,100%),1fr));gap:1rem 1.5rem;margin-top:.8rem}
.charts+.charts{margin-top:1.5rem}
.chart{max-width:29rem}
.keys i{display:inline-block;width:.7em;height:.7em;border-radius:50%;background:currentColor;margin:0 .3em 0 .8em}
.keys i.c0{color:var(--c0)}.keys i.c1{color:var(--c1)}
.chart .keys{font-size:.8125rem;color:var(--soft);margin-top:.2rem}
.plot{display:block;width:100%;height:auto;margin-top:.3rem}
.plot text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--soft)}
.plot .end{text-anchor:end}.plot .mid{text-anchor:middle}
.plot path{fill:none}
.plot .rule{stroke:var(--line);stroke-width:1}
.plot .axis{stroke:var(--soft);stroke-width:1}
.plot .line{stroke-width:1.9;stroke-linejoin:round}
.plot .leader{stroke-width:1;opacity:.6}
.plot .band{stroke:none;opacity:.16}
.plot .faint{stroke:var(--base);stroke-width:1;opacity:.35}
.plot .dots{stroke-width:3.4;stroke-linecap:round;opacity:.5}
.plot .reference{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 3}
.plot .bar{stroke:none}.plot .bar.none{fill:var(--base)}
${SERIES.map((i) => `.plot path.c${i}{stroke:var(--c${i})}.plot .band.c${i},.plot .bar.c${i}{fill:var(--c${i});stroke:none}.plot text.c${i}{fill:var(--c${i})}`).join("")}
.plot path[class*=b-]{stroke:var(--base)}.plot .line[class*=b-]{stroke-width:1.6}
.plot text[class*=b-]{stroke:none;fill:var(--base)}
.plot .band[class*=b-]{fill:var(--base);stroke:none;opacity:.1}
.plot .line.b-random{stroke-dasharray:2 3}.plot .line.b-edges{stroke-dasharray:7 3}.plot .line.b-centre{stroke-dasharray:7 3 2 3}
.signed{display:block;width:100%;height:1.4rem;overflow:visible}
.signed path{vector-effect:non-scaling-stroke}
.signed .for{fill:var(--c0);fill-opacity:.75}.signed .against{fill:var(--c1);fill-opacity:.75}
.signed .zero{stroke:var(--soft);stroke-width:1}.signed .sum{stroke:var(--ink);stroke-width:2.5}
@media (pointer:coarse),(max-width:40rem){button.act,:is(main,.main) :is(select,input[type=search]),.choose>label,th button,.verdicts label,summary{min-height:2.75rem}summary{padding-block:.6rem}th button{min-width:2.75rem}nav a{display:inline-flex;align-items:center;min-height:2.75rem}}
@media (max-width:40rem){.verdict{padding:.9rem 1rem}.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}.thumbs{grid-template-columns:repeat(auto-fill,minmax(5rem,1fr))}.plain th[scope=row]{max-width:9rem}}
@media print{
:root,:host{--c0:#0a5aa0;--c1:#c2410c;--c2:#0f766e;--c3:#9333ea;--c4:#be185d;--c5:#4d7c0f;--base:#7a7f88;--best:33 102 172}
nav,.choose>label,.choose legend{display:none}
.choose>.panel{display:block}
.scroll{overflow:visible}
.caption,.fine,.plain{font-size:8pt}
.not,.ticks{font-size:6.5pt;white-space:normal}
.chart,.tile,.verdict{break-inside:avoid}
.charts{grid-template-columns:repeat(2,minmax(0,1fr))}
details:not([open]){display:none}
thead{display:table-header-group}
}
`;
