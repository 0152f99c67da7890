/** @file Hugging Face configurations as they lie on the hub, and broken ones. */

import { describe, expect, test } from "vitest";
import { fromPreprocessorConfig } from "../../src/image/from-preprocessor-config.ts";

const HALF = [0.5, 0.5, 0.5];

describe("fromPreprocessorConfig", () => {
  test("nothing given: ViT", () => {
    expect(fromPreprocessorConfig({})).toEqual({
      resize: { height: 224, width: 224 },
      crop: null,
      resample: "bilinear",
      channelOrder: "RGB",
      scale: 1 / 255,
      mean: HALF,
      std: HALF,
      layout: "nchw",
    });
  });

  test("old ResNet: ConvNextFeatureExtractor with crop_pct", () => {
    const json = {
      feature_extractor_type: "ConvNextFeatureExtractor",
      size: 224,
      crop_pct: 0.875,
      resample: 3,
      do_normalize: true,
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
    };
    expect(fromPreprocessorConfig(json)).toMatchObject({
      resize: { shorterSide: 256 },
      crop: { height: 224, width: 224, rounding: "floor" },
      resample: "bicubic",
      mean: [0.485, 0.456, 0.406],
    });
    expect(fromPreprocessorConfig({ ...json, size: { shortest_edge: 384 } })).toMatchObject({
      resize: { height: 384, width: 384 },
      crop: null,
    });
  });

  test("MobileNetV2", () => {
    const json = {
      image_processor_type: "MobileNetV2ImageProcessor",
      size: { shortest_edge: 256 },
      do_center_crop: true,
      crop_size: { height: 224, width: 224 },
      rescale_factor: 0.00392156862745098,
      resample: 2,
    };
    expect(fromPreprocessorConfig(json)).toMatchObject({
      resize: { shorterSide: 256 },
      crop: { height: 224, width: 224 },
      scale: 1 / 255,
      mean: HALF,
    });
  });

  test.each([
    ["BeitFeatureExtractor", { resize: { height: 256, width: 256 }, crop: { width: 224 }, resample: "bicubic" }],
    ["DeiTImageProcessor", { resize: { height: 256, width: 256 }, crop: { width: 224 } }],
    ["BitImageProcessorFast", { resize: { shorterSide: 224 }, resample: "bicubic", crop: { width: 224 } }],
    ["LevitImageProcessor", { resize: { shorterSide: 256 }, crop: { width: 224 }, mean: [0.485, 0.456, 0.406] }],
    ["PoolFormerImageProcessor", { resize: { shorterSide: 248 }, crop: { width: 224 } }],
    [
      "MobileViTImageProcessor",
      { resize: { shorterSide: 224 }, crop: { width: 256 }, channelOrder: "BGR", std: [1, 1, 1] },
    ],
    [
      "EfficientNetImageProcessor",
      { resize: { width: 346 }, crop: null, resample: "nearest", std: [0.25, 0.25, 0.25] },
    ],
    ["SomethingNewImageProcessor", { resize: { width: 224 }, crop: null }],
  ])("defaults of %s", (image_processor_type, expected) => {
    expect(fromPreprocessorConfig({ image_processor_type })).toMatchObject(expected);
  });

  test("switched off", () => {
    const json = { do_resize: false, do_rescale: false, do_normalize: false };
    expect(fromPreprocessorConfig(json)).toMatchObject({
      resize: null,
      crop: null,
      scale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  test("one channel means grey; an offset moves the mean", () => {
    expect(fromPreprocessorConfig({ image_mean: [0.1307], image_std: [0.3081] }).channelOrder).toBe("GRAY");
    expect(
      fromPreprocessorConfig({ rescale_offset: true, do_normalize: false, rescale_factor: 1 / 127.5 }).mean,
    ).toEqual([1, 1, 1]);
  });

  test.each([
    ["size", { size: { longest_edge: 800 } }],
    ["size", { size: "224" }],
    ["crop_size", { do_center_crop: true, crop_size: -3 }],
    ["resample", { resample: 9 }],
    ["image_mean", { image_mean: [0.5, 0.5] }],
    ["image_std", { image_std: [0.5, 0, 0.5] }],
    ["rescale_factor", { rescale_factor: "1/255" }],
    ["do_resize", { do_resize: "yes" }],
    ["crop_pct", { feature_extractor_type: "ConvNextFeatureExtractor", crop_pct: 0, size: 224 }],
    ["feature_extractor_type", { feature_extractor_type: 3 }],
    ["(the file)", []],
  ])("names the field %s", (field, json) => {
    const message = expect.stringContaining(`\`${field}\``);
    expect(() => fromPreprocessorConfig(json)).toThrow(expect.objectContaining({ code: "E_PARAM", message }));
  });
});
