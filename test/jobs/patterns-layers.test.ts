/** @file Which layers are chosen where none is named, and when some are. */
import { describe, expect, test } from "vitest";
import type { Model } from "../../src/graph/types.ts";
import { chosenLayers } from "../../src/jobs/patterns-layers.ts";
import type { Classifier } from "../../src/methods/classifier.ts";
import { prepare } from "../../src/methods/prepare.ts";
import { OPS } from "../../src/ops/table.ts";
import { net } from "../nets.ts";

const classifierOf = (model: Model, keep: readonly string[]): Classifier =>
  prepare(model, { ops: OPS, scoreKind: "logits", keep: [...keep] });

/** Convolutions of stride 2, each followed by a residual block of two convolutions. */
const residual = (stages: number): Classifier =>
  classifierOf(
    net(["N", 3, 128, 128], ({ g, x, w }) => {
      let value = x;
      for (let s = 0; s < stages; s++) {
        const strided = { pads: [1, 1, 1, 1], strides: [2, 2] };
        value = g.alias(g.op("Relu", [g.op("Conv", [value, w([4, s === 0 ? 3 : 4, 3, 3])], strided)]), `down${s}`);
        const inner = g.alias(g.op("Relu", [g.op("Conv", [value, w([4, 4, 3, 3])], { pads: [1, 1, 1, 1] })]), `in${s}`);
        const sum = g.alias(
          g.op("Add", [value, g.op("Conv", [inner, w([4, 4, 3, 3])], { pads: [1, 1, 1, 1] })]),
          `sum${s}`,
        );
        value = g.alias(g.op("Relu", [sum]), `block${s}`);
      }
      const flat = g.op("Flatten", [g.op("GlobalAveragePool", [value])], { axis: 1 });
      return { scores: g.op("MatMul", [flat, w([4, 5])]) };
    }),
    Array.from({ length: stages }, (_, s) => [`down${s}`, `in${s}`, `block${s}`]).flat(),
  );

/** Their names in the network above: kept names are those of an Identity behind the value. */
const names = (classifier: Classifier, asked?: readonly string[]): readonly string[] =>
  chosenLayers(classifier, asked).layers.map(
    ({ name }) =>
      classifier.model.graph.nodes.find((n) => n.op === "Identity" && n.inputs[0] === name)?.outputs[0] ?? name,
  );

describe("automatic", () => {
  test("ends of stages, never what a shortcut passes by or an activation follows", () => {
    expect(names(residual(5))).toEqual(["block0", "block1", "block2", "block3", "block4"]);
  });

  test("filled up with other outputs of blocks, in graph order", () => {
    expect(names(residual(3))).toEqual(["block0", "down1", "block1", "down2", "block2"]);
    expect(names(residual(1))).toEqual(["down0", "block0"]);
  });

  test("of a plain network the last of each resolution, not the pools", () => {
    const plain = classifierOf(
      net(["N", 3, 32, 32], ({ g, x, w }) => {
        let value = x;
        for (let s = 0; s < 3; s++) {
          const conv = g.op("Conv", [value, w([4, s === 0 ? 3 : 4, 3, 3])], { pads: [1, 1, 1, 1] });
          const act = g.alias(g.op("Relu", [conv]), `act${s}`);
          value = g.alias(g.op("MaxPool", [act], { kernel_shape: [2, 2], strides: [2, 2] }), `pool${s}`);
        }
        return { scores: g.op("MatMul", [g.op("Flatten", [value], { axis: 1 }), w([64, 5])]) };
      }),
      ["act0", "act1", "act2", "pool0", "pool1", "pool2"],
    );
    expect(names(plain)).toEqual(["act0", "act1", "act2"]);
  });

  test("of more than five resolutions five, the last among them", () => {
    const six = names(residual(6));
    expect(six.length).toBe(5);
    expect(six.at(-1)).toBe("block5");
  });
});

describe("named", () => {
  test("in graph order, by value", () => {
    const { layers, rule } = chosenLayers(residual(3), ["block2", "in0"]);
    expect([layers.map((l) => l.name), rule]).toEqual([["in0", "block2"], "named"]);
  });

  test("refused where twice, none, unknown or without positions", () => {
    const classifier = residual(2);
    for (const [asked, code] of [
      [["block0", "block0"], "E_PARAM"],
      [[], "E_PARAM"],
      [["nowhere"], "E_LAYER_UNKNOWN"],
      [["scores"], "E_LAYER_UNSUITABLE"],
    ] as const)
      expect(() => chosenLayers(classifier, asked)).toThrow(expect.objectContaining({ code }));
  });
});
