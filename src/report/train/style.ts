/** @file How the report of a training looks, after the styles of pages and their pieces. */

/** Steps of colour in a confusion matrix. */
export const SHADES = 8;

export const TRAIN_STYLE = `
.plot .line{stroke-linecap:round}
.verdict .headline b{font-size:1.75rem;letter-spacing:-.02em}
.classes th[scope=row]{min-width:7rem}
.results th[scope=row]{min-width:5rem;overflow-wrap:normal}
.scroll+h3,details+h3{margin-top:1.5rem}
.verdict .tile b{font-size:1.375rem;white-space:nowrap}
.classes .not{white-space:normal;max-width:12rem}
.classes tbody th,.results tbody th{position:sticky;left:0;background:var(--paper);z-index:1}
.matrix{font-size:.8125rem;width:auto;margin-top:.6rem}
.matrix th,.matrix td{padding:.2rem .35rem;white-space:nowrap;overflow-wrap:normal}
.matrix td{text-align:right;min-width:2.1rem}
.matrix tbody tr+tr>*{border-top:0}
.matrix thead th{vertical-align:bottom;border-bottom:0}
.matrix thead span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:8rem;overflow:hidden;text-overflow:ellipsis}
.matrix tbody th{position:sticky;left:0;background:var(--paper);max-width:9rem;overflow:hidden;text-overflow:ellipsis}
.matrix .right{outline:1px solid var(--soft);outline-offset:-1px}
.matrix .none{color:var(--line)}
${Array.from({ length: SHADES }, (_, i) => `.h${i + 1}{background:rgb(var(--best)/${(((i + 1) / SHADES) * 0.62).toFixed(2)})}`).join("")}
.checkpoints th[scope=row]{min-width:11rem}
.badge{font-size:.75rem;font-weight:600;color:var(--good);margin-left:.5rem;white-space:nowrap}
@media (max-width:40rem){.matrix tbody th{max-width:6rem}.checkpoints th[scope=row]{min-width:8rem}.classes th[scope=row]{min-width:6rem;max-width:8rem}}
@media print{.matrix{font-size:7pt}.matrix tbody th,.classes tbody th,.results tbody th{position:static}}
`;
