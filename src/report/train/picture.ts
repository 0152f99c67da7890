/** @file The curves of a training as one PNG picture. */
import { blank, drawText, paste } from "../../image/canvas.ts";
import { encodePng } from "../../image/png.ts";
import { marginsFor, rasterPlot } from "../plot/raster.ts";
import { trainingCurves } from "./curves.ts";
import type { TrainingReport } from "./input.ts";

const WIDTH = 960;
const HEIGHT = 320;
const GAP = 8;

/** Loss, measure and learning rate below each other, 960 pixels wide; a line of text where nothing was recorded. */
export async function trainingPicture(report: TrainingReport): Promise<Uint8Array<ArrayBuffer>> {
  const curves = trainingCurves(report);
  const canvas = blank({ width: WIDTH, height: Math.max(curves.length * (HEIGHT + GAP), 48) });
  const margins = marginsFor(curves);
  for (const [i, curve] of curves.entries())
    paste(canvas, rasterPlot(curve, { width: WIDTH, height: HEIGHT }, margins), { left: 0, top: i * (HEIGHT + GAP) });
  if (curves.length === 0) drawText(canvas, "No step was recorded.", { left: 16, top: 16, dot: 2 });
  return encodePng(canvas);
}
