/** @file Trainings made up from a seed, as long and as noisy as real ones. */
import { normals, uniforms } from "../../../src/random.ts";
import type { ClassResults, TrainingReport } from "../../../src/report/train/input.ts";
import { addTo, emptyTally, topAccuracy } from "../../../src/train/accuracy.ts";
import { meanAveragePrecision } from "../../../src/train/average-precision.ts";
import { equalErrors } from "../../../src/train/equal-error.ts";
import { rateAt, type Schedule } from "../../../src/train/schedule.ts";

export const LABELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/** Scores of pictures of known classes: the true class stands out by `skill` standard deviations, animals look like animals. */
function scored(classes: number, pictures: number, skill: number, seed: number) {
  const [normal, uniform] = [normals(seed), uniforms(seed + 1)];
  const labels = Array.from({ length: pictures }, () => Math.floor(uniform() * classes));
  const scores = Float32Array.from({ length: pictures * classes }, (_, i) => {
    const [own, c] = [labels[Math.floor(i / classes)] as number, i % classes];
    const alike = c !== own && Math.floor(c / 3) === Math.floor(own / 3) ? 0.5 * skill : 0;
    return normal() + (c === own ? skill : alike);
  });
  return { labels, scores };
}

const SCHEDULE: Schedule = { kind: "cosine", rate: 0.05, warmupEpochs: 1 };

/** Ten classes, twelve epochs of 78 steps. */
export function madeTraining(changes: Partial<TrainingReport> = {}): TrainingReport {
  const [epochs, stepsAnEpoch] = [12, 78];
  const totalSteps = epochs * stepsAnEpoch;
  const normal = normals(7);
  const at = (step: number): number => 0.7 + 1.6 * Math.exp(-step / 210);
  const { labels, scores } = scored(10, 1000, 2.4, 3);
  const tally = emptyTally(10);
  addTo(tally, scores, labels);
  const classes: ClassResults = { kind: "single", split: "test", tally };
  return {
    facts: {
      network: "resnet-small",
      data: "CIFAR-10 subset",
      parameters: 174_970,
      splits: [
        ["train", 4500],
        ["validation", 500],
        ["test", 1000],
      ],
      stepsAnEpoch,
      seconds: 492,
      command:
        "npx onnxplain train --model resnet-small --data cifar/ --epochs 12 --batch 64 --rate 0.05 --schedule cosine --seed 0 -o trained/",
      settings: [
        ["loss", "softmax cross-entropy, label smoothing 0.1"],
        ["optimiser", "SGD, momentum 0.9, Nesterov, weight decay 5e-4"],
        ["rate", "0.05, cosine to 0, 1 epoch of warm-up"],
        ["batch", "64"],
        ["augmentation", "flip, pad 4 and crop"],
        ["seed", "0"],
      ],
      notes: ["classes are balanced: 450 pictures each"],
    },
    measure: "accuracy",
    steps: Array.from({ length: totalSteps }, (_, i) => ({
      step: i + 1,
      loss: at(i) + 0.12 * normal() + 0.3 * Math.exp(-i / 20) * Math.abs(normal()),
      rate: rateAt(SCHEDULE, { step: i, totalSteps, stepsAnEpoch }),
    })),
    epochs: Array.from({ length: epochs }, (_, e) => {
      const step = (e + 1) * stepsAnEpoch;
      const noise = 0.03 * normal();
      return {
        step,
        validationLoss: at(step) + 0.15 + noise,
        train: 0.82 - 0.55 * Math.exp(-step / 260),
        validation: 0.72 - 0.45 * Math.exp(-step / 240) - noise / 2,
      };
    }),
    end: { kind: "finished" },
    results: [
      {
        split: "test",
        pictures: 1000,
        loss: 0.871,
        measures: [
          ["accuracy", topAccuracy(tally)],
          ["top-3 accuracy", topAccuracy(tally, 3)],
        ],
      },
      { split: "validation", pictures: 500, loss: 0.853, measures: [["accuracy", 0.716]] },
    ],
    labels: LABELS,
    classes,
    checkpoints: [4, 8, 12].map((e) => ({
      path: `checkpoints/step-${e * stepsAnEpoch}.onnx`,
      step: e * stepsAnEpoch,
      bytes: 712_331,
      validation: 0.72 - 0.45 * Math.exp((-e * stepsAnEpoch) / 240),
      best: e === 12,
    })),
    skipped: [
      { image: "cat/0113.jpg", code: "E_IMAGE_READ", message: "the file ends after 2,048 bytes; copy it again." },
      { image: "dog/<b>.jpg", code: "E_FILE", message: "no permission to read." },
    ],
    ...changes,
  };
}

/** Several labels a picture; the last class has no positive. */
export function madeMultiLabel(): TrainingReport {
  const [classes, pictures] = [20, 300];
  const [normal, uniform] = [normals(17), uniforms(18)];
  const targets = Float32Array.from({ length: classes * pictures }, (_, i) =>
    Number(i % classes !== classes - 1 && uniform() < 0.12),
  );
  const scores = targets.map((t) => normal() + 2 * t - 1);
  const all = meanAveragePrecision(scores, targets, classes);
  const plain = madeTraining();
  return {
    ...plain,
    facts: { ...plain.facts, network: "caffenet-small", data: "photographs with 20 labels", frozen: 61_000 },
    measure: "mAP (11 points)",
    end: { kind: "early", message: "Validation mAP had not risen for 5 epochs; the weights are those of epoch 8." },
    results: [
      {
        split: "test",
        pictures,
        measures: [
          ["mAP, 11 points", all.elevenPoint],
          ["mAP, all points", all.allPoint],
        ],
      },
    ],
    labels: Array.from({ length: classes }, (_, c) => `label ${c + 1}`),
    classes: { kind: "multi", split: "test", precisions: all.classes, errors: equalErrors(scores, targets, classes) },
    skipped: [],
  };
}

/** More classes than a matrix holds. */
export function madeWide(): TrainingReport {
  const { labels, scores } = scored(100, 2000, 3, 5);
  const tally = emptyTally(100);
  addTo(tally, scores, labels);
  return madeTraining({ labels: [], classes: { kind: "single", split: "test", tally } });
}
