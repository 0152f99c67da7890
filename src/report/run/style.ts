/** @file How a run's report looks, after the styles of pages and their pieces. */

export const RUN_STYLE = `
.pm{color:var(--soft)}
.best .pm{font-weight:400}
.examples+h3{margin-top:1.25rem}
.overview,.ranking,.preset,.exclusions{font-size:.875rem;margin-top:.6rem}
.way{width:.5rem;height:.625rem;margin-left:.2rem;overflow:visible}
.way path{fill:none;stroke:currentColor;stroke-width:1.3}
.verdict .line{display:block;font-size:.9375rem;line-height:1.4;margin-top:.1rem}
.overview td,.overview th,.ranking td,.ranking th,.preset td,.preset th{padding:.35rem .6rem;overflow-wrap:normal}
.overview th[scope=row],.ranking th[scope=row],.preset th[scope=row]{overflow-wrap:break-word;min-width:9.75rem;max-width:16rem}
.preset{width:auto;min-width:min(100%,46rem)}
.overview .not{white-space:normal}
.overview td.n,.preset td.n{vertical-align:top}
.overview th[scope=row],.preset th[scope=row]{vertical-align:top}
.overview tbody th,.preset tbody th,.overview thead th[data-sort=text],.preset thead th[data-sort=text]{position:sticky;left:0;background:var(--paper);z-index:1}
.overview thead tr:first-child td,.preset thead tr:first-child td{border-bottom:0}
.overview th.group,.preset th.group{border-left:1px solid var(--line)}
.overview th.group,.ranking th.group,.preset th.group{padding-bottom:0}
.ranking thead tr:first-child td,.ranking th.group{border-bottom:0;color:var(--soft);font-weight:inherit}
.ranking .rank{color:var(--soft)}
.ranking .spread{width:26%;min-width:10rem;padding-top:.1rem;padding-bottom:.1rem;vertical-align:middle}
.ranking thead .spread{vertical-align:bottom}
.ranking td{vertical-align:middle}
.ranking th[scope=row]{vertical-align:middle}
.s1{background:rgb(var(--best)/.05)}.s2{background:rgb(var(--best)/.12)}.s3{background:rgb(var(--best)/.2)}.s4{background:rgb(var(--best)/.3)}.s5{background:rgb(var(--best)/.42)}
.s4 .not,.s5 .not{color:var(--ink)}
.level,.unknown{color:var(--warn)}.level .not,.unknown .not{color:var(--warn)}
.baselines th,.baselines td{color:var(--soft)}
tbody.baselines .sub th{font-size:.8125rem;padding-top:.8rem;color:var(--soft);border-top:2px solid var(--line);position:static;max-width:none}
.strip{display:block;width:100%;height:1.6rem;overflow:visible}
.strip path{fill:none;vector-effect:non-scaling-stroke}
.strip .dots{stroke:var(--soft);stroke-width:2.6;stroke-linecap:round;opacity:.42}
.strip .box{stroke:var(--c0);stroke-width:1.1;fill:var(--c0);fill-opacity:.1}
.strip .median{stroke:var(--c0);stroke-width:2}
.strip .interval{stroke:var(--c1);stroke-width:3}
.strip .mean{stroke:var(--c1);stroke-width:7;stroke-linecap:round}
.strip .reference{stroke:var(--base);stroke-width:1;stroke-dasharray:3 3}
.baselines .box,.baselines .median{stroke:var(--base)}
.baselines .box{fill:var(--base)}
.key{display:inline-block;width:2.2rem;height:.8rem;vertical-align:-.1rem;margin-right:.15rem;overflow:visible}
.metric{border-top:1px solid var(--line);padding-top:1.25rem}
.metric h3{margin-top:1.3rem}
.metric>details>summary{color:var(--accent)}
h3+.examples{margin-top:.5rem}
.examples{display:grid;gap:1.25rem;margin-top:.9rem}
.example{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;min-width:0}
.example p{margin:0 0 .5rem;overflow-wrap:anywhere}
@media (max-width:40rem){.ranking .spread{min-width:9rem}.overview td,.overview th,.ranking td,.ranking th,.preset td,.preset th{padding:.3rem .45rem}.overview th[scope=row],.ranking th[scope=row],.preset th[scope=row]{min-width:7.6rem;max-width:8.5rem;overflow-wrap:anywhere;font-size:.8125rem}.ranking tbody th{position:sticky;left:0;background:var(--paper);z-index:1}}
@media print{
.example{break-inside:avoid}
.overview,.ranking,.preset,.exclusions,.overview thead th,.ranking thead th,.preset thead th,.exclusions thead th,tbody.baselines .sub th{font-size:7.5pt}
.overview td,.overview th,.ranking td,.ranking th,.preset td,.preset th{padding:.2rem .25rem}
.ranking td,.ranking th,.preset td,.preset th{padding:.2rem .15rem}
.overview thead th,.preset thead th{white-space:normal}
.ranking,.ranking thead th,.ranking tbody.baselines .sub th{font-size:7pt}
.preset{width:100%;min-width:0}
.preset .not{font-size:6pt}
.overview th[scope=row],.ranking th[scope=row],.preset th[scope=row]{position:static;min-width:0}
.ranking .spread{min-width:0;width:22%}
.metric{break-inside:auto}
}
`;
