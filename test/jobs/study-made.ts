/** @file Drawn scenes of one shape each, on which the demo network is asked; simulated participants. */
import type { DataSet } from "../../src/data/dataset.ts";
import { DEMO_LABELS } from "../../src/data/demo-net.ts";
import { dataSetOf } from "../../src/data/records.ts";
import { drawScene } from "../../src/data/scenes.ts";
import { uniforms } from "../../src/random.ts";
import { orderOf } from "../../src/study/orders.ts";
import type { Level, Part, Study, StudyAction, StudyRecords } from "../../src/study/study.ts";
import { ACTIONS, PARTS } from "../../src/study/study.ts";

export interface SceneOptions {
  /** First seed of the scenes. */
  readonly from?: number;
  readonly size?: number;
  /** Places whose label names the next class: there the network is wrong. */
  readonly mislabelled?: readonly number[];
  /** Classes in turn. */
  readonly classes?: readonly number[];
}

export function scenes(
  count: number,
  { from = 0, size = 96, mislabelled = [], classes = [...DEMO_LABELS.keys()] }: SceneOptions = {},
): DataSet {
  return dataSetOf({
    name: "scenes",
    count,
    classes: DEMO_LABELS,
    labels: DEMO_LABELS.map((name, index) => ({ index, name })),
    item: (i) => {
      const index = classes[(mislabelled.includes(i) ? i + 1 : i) % classes.length] as number;
      return {
        id: `scene-${from + i}.png`,
        label: { index, name: DEMO_LABELS[index] as string },
        load: async () => drawScene(from + i, { size, classes: [classes[i % classes.length] as number] }).image,
      };
    },
    notes: [],
  });
}

/** Participants who use explanations more or less, and gain by it; made up, and the same for the same seed. */
export function simulated(study: Study, codes: readonly string[], seed = 1): StudyRecords {
  const random = uniforms(seed);
  const began = Date.UTC(2026, 0, 5, 9);
  const answers: StudyRecords["answers"][number][] = [];
  const actions: StudyRecords["actions"][number][] = [];
  codes.forEach((code, k) => {
    const use = random() * 2.4;
    const skill = 0.5 + 0.3 * random();
    for (const part of PARTS)
      for (const id of orderOf(study, code, part)) {
        const q = study.questions.find((question) => question.id === id);
        if (q === undefined) throw new Error(`no question ${id}`);
        const help = part === "B" ? 0.12 * use : 0;
        const right = random() < skill + help;
        const sure = random() < 0.3 + help ? 2 : 1;
        const level = (random() < 0.1 ? 0 : sure * ((right ? q.truth : 1 - q.truth) === 1 ? 1 : -1)) as Level;
        if (k % 9 === 8 && part === "B" && random() < 0.5) continue;
        answers.push({
          code,
          part: part as Part,
          question: id,
          level,
          answered_at: began,
          took_ms: 2000 + 9000 * random(),
        });
        if (part === "B")
          for (let n = Math.floor(use * 2 * random()); n > 0; n--)
            actions.push({
              code,
              question: id,
              action: ACTIONS[Math.floor(3 * random())] as StudyAction,
              at: began,
              after_ms: 1000 * random(),
            });
      }
  });
  return {
    participants: codes.map((code) => ({
      code,
      consented_at: began,
      finished_at: began + 3_600_000,
      orders: { A: orderOf(study, code, "A"), B: orderOf(study, code, "B") },
    })),
    answers,
    actions,
  };
}
