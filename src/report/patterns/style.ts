/** @file How the page on emerging patterns looks, after the styles of pages and their pieces. */

export const PATTERNS_STYLE = `
[hidden]{display:none!important}
.caption{text-wrap:pretty}
.tile b{font-size:clamp(1rem,1.9vw,1.5rem)}
[data-tool]>h3{margin:1.6rem 0 0}
[data-tool]>h3+p{font-size:.875rem;margin-top:.2rem}
.stage{position:relative;background:var(--card);border:1px solid var(--line);border-radius:.6rem;overflow:hidden;margin-top:.6rem}
#stage{display:block;width:100%;height:clamp(20rem,62vh,40rem);touch-action:none;cursor:grab;border-radius:inherit}
#stage:active{cursor:grabbing}
#stage:focus-visible{outline:3px solid var(--accent);outline-offset:-3px}
.zoom{position:absolute;right:.6rem;bottom:.6rem;display:flex;gap:.3rem}
.zoom button,#legend button{font:inherit;font-size:.875rem;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:.375rem;padding:.3rem .8rem;min-height:2.1rem;min-width:2.25rem;cursor:pointer}
.zoom button:hover,#legend button:hover{border-color:var(--accent)}
.bar{display:flex;flex-wrap:wrap;gap:.5rem 1.1rem;align-items:end;margin-top:.9rem;font-size:.875rem}
.bar label.field{display:grid;gap:.15rem;color:var(--soft);min-width:0}
.bar select{font-size:.9375rem;color:var(--ink);max-width:16rem;width:100%}
.views{display:inline-flex;border:1px solid var(--line);border-radius:.4rem;overflow:hidden;padding:0;margin:0;min-width:0}
.views legend,.pictures legend{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.views input,.pictures input{position:absolute;opacity:0;width:1px;height:1px}
.views label{padding:.3rem .85rem;min-height:2.25rem;display:inline-flex;align-items:center;background:var(--card);cursor:pointer}
.views label+input+label{border-left:1px solid var(--line)}
.views input:checked+label{background:var(--fill);color:#fff}
@media (prefers-color-scheme:dark){.views input:checked+label,#legend button[aria-pressed=true]{color:#10141a}}
.views input:focus-visible+label{outline:3px solid var(--accent);outline-offset:-3px}
.timeline{display:grid;grid-template-columns:auto minmax(0,1fr) minmax(4.5rem,max-content);gap:.8rem;align-items:center;margin-top:.8rem;font-size:.9375rem}
.timeline input{width:100%;min-width:0;height:2rem;accent-color:var(--accent)}
.timeline output{overflow-wrap:anywhere;font-weight:600;max-width:14rem;text-align:right}
#play{min-width:4.6rem}
#legend{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem;margin:.7rem 0 0;padding:0}
#legend i{display:inline-block;width:.75rem;height:.75rem;border-radius:50%;margin-right:.45rem;flex:none}
#legend button{display:inline-flex;align-items:center;border-radius:1.2rem;padding:.15rem .75rem .15rem .6rem;min-height:2rem;max-width:15rem;overflow-wrap:anywhere;text-align:left}
#legend button[aria-pressed=true]{background:var(--fill);border-color:var(--fill);color:#fff}
#legend button[aria-pressed=true] i{box-shadow:0 0 0 2px var(--card)}
#legend.scale{gap:0}
#legend .step{display:grid;justify-items:center;font-size:.75rem;color:var(--soft);flex:1 1 0;max-width:3rem}
#legend .step i{width:100%;height:.7rem;border-radius:0;margin:0}
#tip{position:absolute;left:0;top:0;z-index:3;pointer-events:none;background:var(--card);border:1px solid var(--line);border-radius:.5rem;box-shadow:0 .3rem 1.2rem rgb(0 0 0/.22);padding:.55rem .65rem;display:grid;font-size:.8125rem;line-height:1.4;max-width:13rem;overflow-wrap:anywhere}
#tip canvas{width:5.5rem;height:5.5rem;image-rendering:pixelated;border-radius:.3rem;margin-bottom:.3rem}
#said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.keys-help{margin-top:.6rem}
.keys-help kbd{font:.8125em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;border:1px solid var(--line);border-bottom-width:2px;border-radius:.25rem;padding:0 .3em;background:var(--card)}
#sheet{display:none}
.pictures{display:flex;gap:.4rem;overflow-x:auto;padding:.3rem;margin:.6rem -.3rem 0;border:0;min-width:0;position:relative}
.pictures label{flex:none;width:4.25rem;cursor:pointer;font-size:.75rem;line-height:1.25;color:var(--soft);border-radius:.4rem;padding:.2rem;position:relative}
.pictures label canvas{display:block;width:100%;aspect-ratio:1;border-radius:.3rem;image-rendering:pixelated;background:var(--track)}
.pictures label span{display:block;margin-top:.2rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.pictures input:checked+label{box-shadow:inset 0 0 0 2px var(--accent);color:var(--ink);font-weight:600}
.pictures input:focus-visible+label{outline:3px solid var(--accent);outline-offset:1px}
#grids{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(34rem,100%),1fr));gap:1rem;margin-top:1rem}
.layer-card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem .9rem .5rem;min-width:0;margin:0!important}
article.layer-card+article.layer-card{border-top:1px solid var(--line);padding-top:.8rem;margin-top:0}
.layer-card h3{overflow-wrap:anywhere;font-size:.9375rem}
.four{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:.6rem;margin-top:.5rem}
.four canvas{display:block;width:100%;height:auto;border-radius:.25rem;background:var(--track)}
.four .winner canvas{background:var(--card)}
.four .change canvas{background:#f7f7f7}
.four figcaption{font-size:.8125rem;margin-top:.15rem}
.words{font-size:.8125rem;color:var(--soft);margin:.5rem 0 0;line-height:1.4}
.layer-card .value{font-size:.75rem;color:var(--ink)}
.ramps{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;font-size:.8125rem;color:var(--soft);margin-top:.7rem;align-items:center}
.ramps svg{width:5rem;height:.7rem;vertical-align:-.08rem;margin:0 .4rem;border-radius:.2rem}
.still{max-width:40rem}
.still svg{display:block;width:100%;height:auto}
.plain td,.plain tbody th{white-space:nowrap}
.plain thead th{vertical-align:bottom}
.plain th[scope=row]{overflow-wrap:anywhere;min-width:5rem;max-width:14rem;white-space:normal}
.chart .plot{background:none}
@media (pointer:coarse),(max-width:40rem){.zoom button,#legend button,.bar .act,.views label{min-height:2.75rem}.zoom button{min-width:2.75rem}.timeline input{height:2.75rem}}
@media (max-width:40rem){.tile b{font-size:1.2rem}.four{grid-template-columns:repeat(2,minmax(0,1fr))}#stage{height:min(26rem,68vh)}.bar{gap:.5rem .7rem}.bar label.field{flex:1 1 7rem}.bar select{max-width:none}.views{flex:1 1 100%}.views label{flex:1;justify-content:center}.timeline{grid-template-columns:auto minmax(0,1fr)}.timeline output{grid-column:1/-1;text-align:left;max-width:none;margin-top:-.5rem}.keys-help{display:none}.plain td,.plain th{padding:.3rem .6rem .3rem 0}}
@media print{[data-tool]{display:none!important}}
`;
