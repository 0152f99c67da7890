/** @file A picture of this view: a small square until it is there; pictures of pixels stay sharp. */
import { Bitmap as Drawn } from "../parts/bitmap.tsx";

const WAITING = 64;

/** `label` says what is to be seen. */
export const Bitmap = ({ of, label }: { readonly of: ImageBitmap | undefined; readonly label: string }) => (
  <Drawn class="bitmap" bitmap={of} label={label} width={WAITING} height={WAITING} />
);
