/** @file How pages on training points look, after the styles of pages and their pieces. */

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
.small.id{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
article.explained{border-top:1px solid var(--line);padding-top:1.5rem;margin-top:2.5rem}
article.explained h2{overflow-wrap:anywhere}
.seen .likeness{border-radius:.375rem}
.sums{font-size:.875rem}
.sums td,.sums th{padding:.25rem .6rem .25rem 0}
.sums thead th{white-space:normal;overflow-wrap:normal}
.sums th[scope=row]{min-width:7rem}
.check{font-size:.875rem;color:var(--soft);overflow-wrap:anywhere}
.check.off{color:var(--warn)}
.strips{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1.25rem 2.5rem;margin-top:1rem;align-items:start}
.strips>div{min-width:0}
.strips h4{margin:0;font-size:.9375rem;line-height:1.3}
.strips h4 span{font-weight:400;color:var(--soft);font-size:.8125rem}
.class-sheets{margin-top:1.5rem}
.class-sheet+.class-sheet:not([hidden]){margin-top:2rem}
.class-sheet>h3{font-size:1.125rem;overflow-wrap:anywhere}
.steps{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;gap:.5rem .6rem;align-items:center;background:var(--paper);border-block:1px solid var(--line);padding:.5rem 0;margin-bottom:1rem;font-size:.875rem}
.steps label{display:inline-flex;align-items:center;gap:.4rem;min-width:0;max-width:100%}
.steps select{max-width:16rem;min-width:0;text-overflow:ellipsis}
.steps .act{min-width:2.4rem;font-size:1.125rem;line-height:1}
.steps input[type=range]{flex:1 1 12rem;min-width:0;height:2.1rem;margin:0;accent-color:var(--accent)}
.steps[hidden],.tools[hidden]{display:none}
.groups{font-size:.875rem;margin-top:.6rem}
.groups td{vertical-align:middle}
.groups .bar-cell{width:42%;min-width:8rem}
.groups th[scope=row]{min-width:6rem;max-width:18rem}
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
.maps img,.whole img{aspect-ratio:1;image-rendering:pixelated}
.maps .pair{display:grid;grid-template-columns:1fr 1fr;gap:.4rem}
.whole{display:grid;grid-template-columns:repeat(2,minmax(0,15rem));gap:1rem;margin-top:1rem}
@media (max-width:40rem){ol.points{grid-template-columns:repeat(auto-fill,minmax(5.4rem,1fr));gap:.8rem .6rem}.groups th[scope=row]{min-width:8rem;max-width:9rem;overflow-wrap:anywhere}.groups .bar-cell{min-width:7rem}.groups td,.groups th{padding-right:.4rem}.seen figure{max-width:11rem}.tools{gap:.3rem .6rem}.tools output{flex-basis:100%;order:1}.steps label:has(select){flex:1 1 8rem}.steps select{width:100%}.steps input[type=range]{flex-basis:100%;height:2.75rem}}
@media (pointer:coarse),(max-width:40rem){.steps .act{min-width:2.75rem}}
@media print{.tools,.steps{display:none}.class-sheet[hidden]{display:block}.point,.suspect,.pair{break-inside:avoid}.suspects{grid-template-columns:repeat(2,minmax(0,1fr))}ol.points{grid-template-columns:repeat(6,minmax(0,1fr))}.groups,.sums{font-size:8pt}}
`;
