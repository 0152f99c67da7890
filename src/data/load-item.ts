/** @file An item in memory: picture and mask decoded, boxes brought into the picture. */
import { OnnxplainError } from "../errors.ts";
import type { ImageU8 } from "../image/types.ts";
import { insideBoxes } from "./boxes.ts";
import type { DataItem, PictureBox } from "./dataset.ts";

export interface LoadedItem {
  readonly item: DataItem;
  readonly image: ImageU8;
  /** As large as the picture; what is not 0 is inside. */
  readonly mask?: ImageU8;
  /** Within the picture, not empty; undefined when there are none, or none is left. */
  readonly boxes?: readonly PictureBox[];
  /** What was changed: boxes cut or dropped. */
  readonly notes: readonly string[];
}

/** An item that could not be loaded, and why. */
export interface FailedItem {
  readonly item: DataItem;
  readonly error: OnnxplainError;
}

/**
 * Throws `E_FILE` or `E_IMAGE_READ` for what cannot be read, `E_TARGET_RANGE` for a label that is no class of the set, and
 * `E_INPUT_SHAPE` for a mask of another size than its picture, which says of no pixel whether it is inside.
 */
export async function loadItem(item: DataItem): Promise<LoadedItem> {
  const image = await item.load();
  const mask = await item.mask?.();
  if (mask && (mask.width !== image.width || mask.height !== image.height))
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `The mask of \`${item.id}\` is ${mask.width} x ${mask.height} pixels, its picture ${image.width} x ${image.height}. They must agree pixel by pixel; make one anew.`,
    );
  const { boxes, notes } = insideBoxes(item.boxes ?? [], image);
  return {
    item,
    image,
    ...(mask ? { mask } : {}),
    ...(boxes.length > 0 ? { boxes } : {}),
    notes: notes.map((n) => `${item.id}: ${n}`),
  };
}

/** Whatever goes wrong becomes a {@link FailedItem}. */
export async function tryItem(item: DataItem): Promise<LoadedItem | FailedItem> {
  try {
    return await loadItem(item);
  } catch (cause) {
    if (cause instanceof OnnxplainError) return { item, error: cause };
    const why = cause instanceof Error ? cause.message : String(cause);
    return { item, error: new OnnxplainError("E_INTERNAL", `internal: ${why}`, { cause }) };
  }
}
