/** @file Which pictures are judged, what they show, and where: labels joined to the pipeline's classes, boxes of a class. */
import { boxesOfClass } from "../data/boxes.ts";
import type { DataItem, DataSet, PictureBox } from "../data/dataset.ts";
import { type LoadedItem, tryItem } from "../data/load-item.ts";
import { type Labelled, survey } from "../train/feeding/survey.ts";
import type { FisherEvaluateOptions } from "./fisher-evaluate-options.ts";

export interface Judged {
  readonly pictures: readonly Labelled[];
  /** Pictures left out, and why. */
  readonly unread: readonly { readonly id: string; readonly message: string }[];
  readonly boxesOf: (picture: LoadedItem, label: number) => readonly PictureBox[];
  /** The data marks it as too hard to tell whether the picture shows the class: it counts neither way. */
  readonly ignored: (item: DataItem, label: number) => boolean;
}

/** Throws as `survey` does. */
export async function judgedPictures(
  { data, badLabels }: Pick<FisherEvaluateOptions, "data" | "badLabels">,
  labels: readonly string[],
): Promise<Judged> {
  const { labelled, skipped } = await survey(data, { classes: labels, badLabels });
  const shows = new Map(labelled.map(({ item, classes }) => [item.id, classes]));
  const classOf = (label: number): Pick<PictureBox, "index" | "name"> => boxClass(data, labels[label] as string);
  return {
    pictures: labelled,
    unread: skipped.map(({ id, message }) => ({ id, message })),
    boxesOf: ({ item, boxes, mask }, label) => {
      if (boxes) return boxesOfClass(boxes, classOf(label));
      // a mask does not say whose it is
      return mask && shows.get(item.id)?.length === 1 ? aroundMask(mask) : [];
    },
    ignored: ({ id, boxes = [] }, label) => {
      if (shows.get(id)?.includes(label)) return false;
      const { index, name } = classOf(label);
      return boxes.some(
        (b) =>
          b.difficult && ((b.name !== undefined && b.name === name) || (b.index !== undefined && b.index === index)),
      );
    },
  };
}

function boxClass(data: DataSet, name: string): Pick<PictureBox, "index" | "name"> {
  const index = data.classes?.indexOf(name) ?? -1;
  return index < 0 ? { name } : { name, index };
}

/** The smallest box that holds all of a mask; none of an empty one. */
function aroundMask({ width, height, channels, data }: NonNullable<LoadedItem["mask"]>): readonly PictureBox[] {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * channels] === 0) continue;
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
    }
  return x1 > x0 ? [{ x0, y0, x1, y1 }] : [];
}

/** Throws what keeps the item from being loaded. */
export async function loaded(item: DataItem): Promise<LoadedItem> {
  const got = await tryItem(item);
  if ("error" in got) throw got.error;
  return got;
}
