/** @file How pages on training points look, on top of the style of a run's. */

export const REPRESENTER_STYLE = `
.defs image{image-rendering:inherit}
.grainy,.grainy use{image-rendering:pixelated}
.likeness{display:block;width:100%;aspect-ratio:1;border-radius:.25rem;background:var(--track)}
.likeness.blank{display:grid;place-items:center;padding:.3rem;font-size:.75rem;color:var(--soft);overflow-wrap:anywhere;overflow:hidden;text-align:center}
.text{font-size:.875rem;line-height:1.45;background:var(--card);border:1px solid var(--line);border-radius:.25rem;padding:.4rem .6rem;overflow-wrap:anywhere}
.text details{margin-top:.2rem}.text summary{font-size:.75rem;padding:.1rem 0;color:var(--accent)}
.unknown{color:var(--soft);text-decoration:underline dotted;text-underline-offset:.2em}
ol.points{list-style:none;margin:.5rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(5.6rem,1fr));gap:.9rem .7rem}
ol.points.texts{grid-template-columns:repeat(auto-fill,minmax(min(15rem,100%),1fr))}
.point{min-width:0;font-size:.8125rem;line-height:1.3}
.point .figure{display:block;font-size:1rem;margin-top:.25rem;white-space:nowrap}
.own{margin-top:.15rem;overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden}
.own.same{color:var(--c0);font-weight:600}
.own.other{color:var(--c1);font-weight:600}
.small{display:block;font-size:.75rem;color:var(--soft);line-height:1.3;overflow-wrap:anywhere}
.small.id{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
article.explained{border-top:1px solid var(--line);padding-top:1.5rem;margin-top:2.5rem}
article.explained h2{overflow-wrap:anywhere}
.seen .likeness{border-radius:.375rem}
.sums{font-size:.875rem}
.sums td,.sums th{padding:.25rem .6rem .25rem 0}
.sums thead th{white-space:normal;overflow-wrap:normal}
.sums th[scope=row]{min-width:7rem}
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
.check{font-size:.875rem;color:var(--soft);overflow-wrap:anywhere}
.check.off{color:var(--warn)}
.strips{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1.25rem 2.5rem;margin-top:1rem;align-items:start}
.strips>div{min-width:0}
.strips h4{margin:0;font-size:.9375rem;line-height:1.3}
.strips h4 span{font-weight:400;color:var(--soft);font-size:.8125rem}
.find{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.5rem 0;font-size:.875rem}
.find[hidden],.tools[hidden]{display:none}
.find input,.tools select,.verdicts select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.375rem;padding:.3rem .5rem;min-height:2.1rem;max-width:100%}
.more>details{border-top:1px solid var(--line);margin:0}
.more>details[hidden]{display:none}
button.act{font:inherit;font-size:.875rem;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:.375rem;padding:.3rem .8rem;min-height:2.1rem;cursor:pointer}
button.act:hover{border-color:var(--accent)}
button.act:focus-visible,select:focus-visible,textarea:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.plot .dots{stroke-width:3.4;stroke-linecap:round;opacity:.5}
.plot .reference{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 3}
.plot .bar{stroke:none}.plot .bar.none{fill:var(--base)}
${[0, 1, 2, 3, 4, 5].map((i) => `.plot .bar.c${i}{fill:var(--c${i});stroke:none}.key.c${i}{color:var(--c${i})}`).join("")}
.charts+.charts{margin-top:1.5rem}
.chart .keys{font-size:.8125rem;color:var(--soft);margin-top:.2rem}
.keys i{display:inline-block;width:.7em;height:.7em;border-radius:50%;background:currentColor;margin:0 .3em 0 .8em}
.keys i.c0{color:var(--c0)}.keys i.c1{color:var(--c1)}
.signed{display:block;width:100%;height:1.4rem;overflow:visible}
.signed path{vector-effect:non-scaling-stroke}
.signed .for{fill:var(--c0);fill-opacity:.75}.signed .against{fill:var(--c1);fill-opacity:.75}
.signed .zero{stroke:var(--soft);stroke-width:1}.signed .sum{stroke:var(--ink);stroke-width:2.5}
.groups{font-size:.875rem;margin-top:.6rem}
.groups td{vertical-align:middle}
.groups .bar-cell{width:42%;min-width:8rem}
.groups th[scope=row]{min-width:6rem;max-width:18rem}
.plain{font-size:.875rem;margin-top:.6rem;width:auto;min-width:min(100%,30rem)}
.plain th,.plain td{padding:.3rem .9rem .3rem 0}
.plain thead th{white-space:normal;overflow-wrap:normal}
.plain th[scope=row]{min-width:6.5rem;max-width:16rem}
.tools{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;background:var(--paper);border-block:1px solid var(--line);padding:.5rem 0;margin-top:1rem;font-size:.875rem}
.tools label{display:inline-flex;align-items:center;gap:.4rem;min-width:0;max-width:100%}
.tools output{color:var(--soft);flex:1 1 11rem}
.csv{width:100%;min-height:8rem;font:.8125rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--card);color:var(--ink);border:1px solid var(--line);border-radius:.375rem;margin-top:.5rem}
.suspects{list-style:none;margin:1rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19.5rem,100%),1fr));gap:.8rem}
.suspect{display:grid;grid-template-columns:6rem minmax(0,1fr);gap:.2rem .9rem;align-content:start;background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .8rem;font-size:.8125rem;line-height:1.35;min-width:0}
.suspect .look{min-width:0}
.suspect .text,.suspect .look:has(.text){grid-column:1/-1}
.suspect:has(.done:checked){opacity:.62}
.suspect.changed{border-color:var(--c1);box-shadow:inset .25rem 0 0 var(--c1)}
.suspect .place{float:right;color:var(--soft);font-size:.75rem}
.suspect .given{font-size:.9375rem;overflow-wrap:anywhere}
.suspect dl{font-size:.75rem;gap:0 .6rem;margin:.3rem 0 0;grid-template-columns:minmax(0,max-content) max-content}
.suspect dd{text-align:right}
.suspect dd span{color:var(--soft)}
.verdicts{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:center;margin-top:.3rem}
.verdicts label{display:inline-flex;align-items:center;gap:.4rem;min-height:2.1rem}
.verdicts label.to{flex:1 1 9rem;min-width:0}
.verdicts select{width:100%;min-width:0;text-overflow:ellipsis}
.verdicts input{width:1.15rem;height:1.15rem;margin:0;accent-color:var(--accent)}
.maps{list-style:none;margin:.9rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(16rem,100%),1fr));gap:1.25rem 1.25rem}
.maps .pair{display:grid;grid-template-columns:1fr 1fr;gap:.4rem}
.maps img{display:block;width:100%;aspect-ratio:1;border-radius:.25rem;image-rendering:pixelated;background:var(--track)}
.whole{display:grid;grid-template-columns:repeat(2,minmax(0,15rem));gap:1rem;margin-top:1rem}
.whole figure{margin:0}
.whole img{display:block;width:100%;aspect-ratio:1;border-radius:.375rem;image-rendering:pixelated}
.scale-bar{display:block;height:.6rem;width:min(100%,24rem);border-radius:.2rem}
@media (max-width:40rem){ol.points{grid-template-columns:repeat(auto-fill,minmax(5.4rem,1fr));gap:.8rem .6rem}.groups th[scope=row]{min-width:8rem;max-width:9rem;overflow-wrap:anywhere}.groups .bar-cell{min-width:7rem}.groups td,.groups th{padding-right:.4rem}.seen figure{max-width:11rem}.tools{gap:.3rem .6rem}.tools output{flex-basis:100%;order:1}.plain th[scope=row]{max-width:9rem}}
@media print{.tools,.find{display:none}.choose>.panel{display:block}.choose>label,.choose legend{display:none}.point,.suspect,.pair,.chart{break-inside:avoid}.suspects{grid-template-columns:repeat(2,minmax(0,1fr))}ol.points{grid-template-columns:repeat(6,minmax(0,1fr))}.groups,.plain,.sums{font-size:8pt}}
`;
