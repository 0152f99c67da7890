/** @file A picture that the worker made. */
import { useEffect, useRef } from "preact/hooks";

/** `label` says what is to be seen; pictures of pixels stay sharp. */
export function Bitmap({ of, label }: { readonly of: ImageBitmap | undefined; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const own = canvas.current;
    if (own === null || of === undefined || of.width === 0) return;
    own.width = of.width;
    own.height = of.height;
    own.getContext("2d")?.drawImage(of, 0, 0);
  }, [of]);
  return <canvas ref={canvas} class="bitmap" role="img" aria-label={label} width={64} height={64} />;
}
