/** @file Pictures decoded, resized and preprocessed in a page, against Node. */
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { decodeImage } from "../../src/image/decode-node.ts";
import { encodePng, type ImageU8, PRESETS, preprocess, type Resample, resize } from "../../src/index.ts";
import { noise } from "../image/pictures.ts";
import { absent, hasShared, readShared } from "../shared.ts";
import { pixelDifference } from "./difference.ts";
import type { World } from "./world.ts";

const PHOTO = "images/imagenet-sample/n01882714_koala.jpg";
const FILTERS: readonly Resample[] = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"];

/** Smooth colours, an edge, a little noise: what JPEG is made for. */
function painting(width: number, height: number): ImageU8 {
  const grain = noise(width, height, 3).data;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    const wave = 110 + 90 * Math.sin((x * (c + 1)) / 17 + y / (11 + c));
    return Math.min(255, Math.max(0, wave + (x > y ? 30 : 0) + (grain[i] as number) / 32));
  });
  return { width, height, channels: 3, data };
}

/** A JPEG with this chroma subsampling, and an EXIF orientation on request. */
const jpeg = async (
  { data, width, height }: ImageU8,
  chromaSubsampling: string,
  orientation = 1,
): Promise<Uint8Array> =>
  new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .withMetadata({ orientation })
      .jpeg({ quality: 88, chromaSubsampling })
      .toBuffer(),
  );

export function decodeSuite(world: World | undefined): void {
  const put = (path: string, bytes: Uint8Array): string => (world as World).site.put(path, bytes);
  const inPage = (url: string): Promise<ImageU8> =>
    (world as World).tab.evaluate((u) => window.page.decode(u), url) as unknown as Promise<ImageU8>;

  describe.skipIf(!world)("pictures in a page", () => {
    it.each([1, 3, 4] as const)("PNG with %i channels: the same pixels", async (channels) => {
      const image = noise(53, 37, channels);
      const opaque = channels === 4 ? { ...image, data: image.data.map((v, i) => (i % 4 === 3 ? 255 : v)) } : image;
      const png = await encodePng(opaque);
      const [got, want] = [await inPage(put("/noise.png", png)), await decodeImage(png)];
      expect([got.width, got.height]).toEqual([want.width, want.height]);
      const colors = (i: ImageU8): number[] =>
        Array.from(
          { length: 53 * 37 * 3 },
          (_, k) =>
            i.data[
              i.channels === 1 ? Math.floor(k / 3) : i.channels === 3 ? k : Math.floor(k / 3) * 4 + (k % 3)
            ] as number,
        );
      expect(colors(got)).toEqual(colors(want));
    });

    it.each([
      ["4:4:4", 1],
      ["4:2:0", 1],
      ["4:2:0", 6],
    ] as const)("JPEG %s, EXIF orientation %i: nearly the same pixels", async (subsampling, orientation) => {
      const bytes = await jpeg(painting(97, 64), subsampling, orientation);
      await compareDecoded(`JPEG ${subsampling}, orientation ${orientation}`, bytes);
    });

    it.skipIf(!hasShared(PHOTO))(`a photograph: nearly the same pixels${absent(PHOTO)}`, async () => {
      await compareDecoded("photograph", readShared(PHOTO));
    });

    async function compareDecoded(what: string, bytes: Uint8Array): Promise<void> {
      const [got, want] = [await inPage(put("/picture.jpg", bytes)), await decodeImage(bytes)];
      expect([got.width, got.height, got.channels]).toEqual([want.width, want.height, want.channels]);
      const { most, mean } = pixelDifference(got.data, want.data);
      console.log(`browser: ${what}: pixels differ by at most ${most}, ${mean.toExponential(1)} on average`);
      expect(most).toBeLessThanOrEqual(4);
      expect(mean).toBeLessThanOrEqual(0.05);
    }

    it.each(FILTERS)("resize by %s: bit for bit", async (resample) => {
      const png = await encodePng(painting(61, 45));
      const to = { width: 32, height: 70, resample };
      const got = await (world as World).tab.evaluate(([u, t]) => window.page.resize(u, t), [
        put("/resize.png", png),
        to,
      ] as const);
      expect(got.data).toEqual(Array.from(resize(await decodeImage(png), to).data));
    });

    it("preprocess: bit for bit", async () => {
      const png = await encodePng(painting(61, 45));
      const spec = { ...PRESETS.torchvision, resize: { shorterSide: 40 }, crop: { width: 32, height: 32 } };
      const got = await (world as World).tab.evaluate(([u, s]) => window.page.preprocess(u, s), [
        put("/prep.png", png),
        spec,
      ] as const);
      expect(got).toEqual(Array.from(preprocess(await decodeImage(png), spec).data));
    });
  });
}
