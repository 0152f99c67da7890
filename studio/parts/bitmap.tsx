/** @file A picture that the worker made, on the page. */
import { useLayoutEffect, useRef } from "preact/hooks";

export function Bitmap({
  bitmap,
  label,
  ...rest
}: {
  readonly bitmap: ImageBitmap | undefined;
  /** Undefined = decoration. */
  readonly label?: string | undefined;
  readonly class?: string;
  /** Pixels until the picture is there. */
  readonly width?: number;
  readonly height?: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current === null || bitmap === undefined || bitmap.width === 0) return;
    canvas.current.width = bitmap.width;
    canvas.current.height = bitmap.height;
    canvas.current.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return (
    <canvas
      ref={canvas}
      {...rest}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    />
  );
}
