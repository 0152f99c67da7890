/** @file A fit of regional features between two steps, as a plain value: numbers and lists of numbers, the same after JSON. */
import { OnnxplainError } from "../errors.ts";

/** One gradient step: the loss of its batch before it. */
export interface RegionalStep {
  /** Mean over x1 of KL(P || Q), in nats. */
  readonly kl: number;
  /** L_align, in [-1, 1]. */
  readonly align: number;
}

export interface RegionalState {
  /** Lambda `[d, K]`. */
  readonly matrix: readonly number[];
  /** Free logits of positions `[HW]`; none unless weights are learned. */
  readonly logits: readonly number[];
  /** Vectors of the optimiser, of matrix and logits. */
  readonly memory: readonly (readonly number[])[];
  readonly logitMemory: readonly (readonly number[])[];
  /** Learning rate of the matrix. */
  readonly rate: number;
  readonly curve: readonly RegionalStep[];
  readonly notes: readonly string[];
}

/** The same in the arrays that a fit works on. */
export interface RegionalWorking {
  readonly matrix: Float64Array;
  readonly logits: Float64Array;
  readonly memory: readonly Float64Array[];
  readonly logitMemory: readonly Float64Array[];
  readonly rate: number;
  readonly curve: RegionalStep[];
  readonly notes: readonly string[];
}

export const regionalStateOf = (w: RegionalWorking): RegionalState => ({
  matrix: Array.from(w.matrix),
  logits: Array.from(w.logits),
  memory: w.memory.map((m) => Array.from(m)),
  logitMemory: w.logitMemory.map((m) => Array.from(m)),
  rate: w.rate,
  curve: [...w.curve],
  notes: w.notes,
});

/** Numbers of the matrix, of the logits, and vectors of the optimiser. */
interface Sizes {
  readonly cells: number;
  readonly logits: number;
  readonly states: number;
}

/** Throws `E_INPUT_SHAPE` for the state of another fit. */
export function regionalWorkingOf(state: RegionalState, { cells, logits, states }: Sizes): RegionalWorking {
  const sized = (memory: readonly (readonly number[])[], length: number): boolean =>
    memory.length === states && memory.every((m) => m.length === length);
  const fits =
    state.matrix.length === cells &&
    state.logits.length === logits &&
    sized(state.memory, cells) &&
    sized(state.logitMemory, logits);
  if (!fits)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected the state of a fit of ${cells} numbers, ${logits} logits and ${states} vectors of its optimiser, got one of another. Resume with the options it began with, or begin anew.`,
    );
  return {
    matrix: Float64Array.from(state.matrix),
    logits: Float64Array.from(state.logits),
    memory: state.memory.map((m) => Float64Array.from(m)),
    logitMemory: state.logitMemory.map((m) => Float64Array.from(m)),
    rate: state.rate,
    curve: [...state.curve],
    notes: state.notes,
  };
}
