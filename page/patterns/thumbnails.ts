/** @file Small pictures, cut out of the one sheet that holds them all. */

export interface Sheet {
  readonly image: HTMLImageElement;
  readonly columns: number;
  readonly width: number;
  readonly height: number;
}

/** Draws picture `n` into a rectangle, whole and in the middle. */
export function drawThumbnail(
  context: CanvasRenderingContext2D,
  { image, columns, width, height }: Sheet,
  n: number,
  to: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  if (width === 0 || height === 0) return;
  const scale = Math.min(to.width / width, to.height / height);
  const [w, h] = [width * scale, height * scale];
  context.imageSmoothingEnabled = scale < 1;
  context.drawImage(
    image,
    (n % columns) * width,
    Math.floor(n / columns) * height,
    width,
    height,
    to.x + (to.width - w) / 2,
    to.y + (to.height - h) / 2,
    w,
    h,
  );
}

export function thumbnail(sheet: Sheet, n: number, pixels: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = pixels;
  canvas.height = pixels;
  const context = canvas.getContext("2d");
  if (context !== null) drawThumbnail(context, sheet, n, { x: 0, y: 0, width: pixels, height: pixels });
  return canvas;
}
