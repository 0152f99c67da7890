/** @file How the learning rate changes over a training: one row for each course, and a linear start before any of them. */
import { OnnxplainError } from "../errors.ts";

interface Common {
  /** The highest rate, reached after the warm-up; > 0. */
  readonly rate: number;
  /** Epochs, fractions allowed, over which the rate rises linearly from near 0; default 0. */
  readonly warmupEpochs?: number | undefined;
}

export interface ConstantSchedule extends Common {
  readonly kind: "constant";
}

/** Half a cosine from `rate` after the warm-up down to `floor` at the end (Loshchilov and Hutter 2017, equation 5, without restarts). */
export interface CosineSchedule extends Common {
  readonly kind: "cosine";
  /** From 0, the default, to `rate`. */
  readonly floor?: number | undefined;
}

/** The rate is multiplied by `factor` at every milestone, or every `every` epochs. Epochs count from the start of the training. */
export interface StepSchedule extends Common {
  readonly kind: "step";
  readonly milestones?: readonly number[] | undefined;
  readonly every?: number | undefined;
  /** In (0, 1]; default 0.1. */
  readonly factor?: number | undefined;
}

export type Schedule = ConstantSchedule | CosineSchedule | StepSchedule;
export type ScheduleKind = Schedule["kind"];

/** A place in a training. Steps count from 0. */
export interface Moment {
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsAnEpoch: number;
}

/** A course: the rate at a moment as a multiple of `rate`, and what is wrong with its settings. */
interface Course<S extends Schedule> {
  readonly about: string;
  readonly share: (schedule: S, moment: Moment, warmup: number) => number;
  readonly wrong: (schedule: S) => string | undefined;
}

const FACTOR = 0.1;

export const SCHEDULES: { readonly [K in ScheduleKind]: Course<Extract<Schedule, { kind: K }>> } = {
  constant: { about: "the same rate throughout", share: () => 1, wrong: () => undefined },
  cosine: {
    about: "half a cosine down to a floor",
    share: ({ rate, floor = 0 }, { step, totalSteps }, warmup) => {
      const way = Math.min(Math.max(step - warmup, 0) / Math.max(totalSteps - warmup, 1), 1);
      const low = floor / rate;
      return low + ((1 - low) * (1 + Math.cos(Math.PI * way))) / 2;
    },
    wrong: ({ rate, floor = 0 }) =>
      floor >= 0 && floor <= rate ? undefined : `floor is ${floor}, expected 0 to the rate ${rate}`,
  },
  step: {
    about: "multiplied by a factor at milestones or every few epochs",
    share: ({ milestones, every, factor = FACTOR }, { step, stepsAnEpoch }) => {
      const epoch = Math.floor(step / stepsAnEpoch);
      const passed =
        every === undefined ? (milestones ?? []).filter((m) => m <= epoch).length : Math.floor(epoch / every);
      return factor ** passed;
    },
    wrong: ({ milestones, every, factor = FACTOR }) => {
      if (!(factor > 0 && factor <= 1)) return `factor is ${factor}, expected above 0 and up to 1`;
      if ((milestones === undefined) === (every === undefined))
        return "give either milestones or every, not both or none";
      if (every !== undefined && !(Number.isInteger(every) && every > 0))
        return `every is ${every}, expected a whole number of epochs from 1 up`;
      const bad = milestones?.find((m) => !(Number.isInteger(m) && m > 0));
      return bad === undefined ? undefined : `a milestone is ${bad}, expected whole epochs from 1 up`;
    },
  },
};

/** Throws `E_PARAM` for settings that no training can follow. */
export function checkSchedule(schedule: Schedule): void {
  const { kind, rate, warmupEpochs = 0 } = schedule;
  const fail = (what: string): never => {
    throw new OnnxplainError("E_PARAM", `learning rate schedule ${kind}: ${what}; correct the setting.`);
  };
  if (!Object.hasOwn(SCHEDULES, kind)) fail(`unknown, expected one of ${Object.keys(SCHEDULES).join(", ")}`);
  if (!(rate > 0 && Number.isFinite(rate))) fail(`rate is ${rate}, expected a finite number above 0`);
  if (!(warmupEpochs >= 0 && Number.isFinite(warmupEpochs)))
    fail(`warmupEpochs is ${warmupEpochs}, expected a finite number from 0 up`);
  const what = courseOf(schedule).wrong(schedule);
  if (what !== undefined) fail(what);
}

/**
 * The learning rate of a step. During a warm-up of w steps it is `(step + 1) / (w + 1)` of what the course says, so the first step is
 * not lost; the cosine begins after the warm-up and would reach its floor at step `totalSteps`.
 */
export function rateAt(schedule: Schedule, moment: Moment): number {
  const warmup = Math.round((schedule.warmupEpochs ?? 0) * moment.stepsAnEpoch);
  const ramp = Math.min((moment.step + 1) / (warmup + 1), 1);
  return schedule.rate * ramp * courseOf(schedule).share(schedule, moment, warmup);
}

const courseOf = (schedule: Schedule): Course<Schedule> => SCHEDULES[schedule.kind] as Course<Schedule>;
