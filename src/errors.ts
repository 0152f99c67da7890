/** @file The one error class: a code, a place, a cause; the message says what, why, and what to do next. */

/** Every code an {@link OnnxplainError} can carry. */
export type ErrorCode =
  | "E_MODEL_READ"
  | "E_MODEL_INVALID"
  | "E_EXTERNAL_DATA"
  | "E_UNSUPPORTED_OP"
  | "E_NO_DERIVATIVE"
  | "E_SHAPE"
  | "E_TARGET_RANGE"
  | "E_TARGET_UNKNOWN"
  | "E_LAYER_UNKNOWN"
  | "E_LAYER_UNSUITABLE"
  | "E_METHOD_UNKNOWN"
  | "E_METHOD_UNSUITABLE"
  | "E_METRIC_UNKNOWN"
  | "E_PARAM"
  | "E_IMAGE_READ"
  | "E_INPUT_SHAPE"
  | "E_NUMERIC"
  | "E_RUNTIME"
  | "E_DEVICE"
  | "E_FILE"
  | "E_PORT"
  | "E_DATA_EMPTY"
  | "E_DATA_CLASSES"
  | "E_USAGE"
  | "E_ABORTED"
  | "E_INTERNAL";

/** Where an error happened, as far as it is known. */
export interface ErrorPlace {
  readonly node?: string | undefined;
  readonly op?: string | undefined;
  readonly file?: string | undefined;
  readonly cause?: unknown;
}

/** Thrown for everything a user can mend; programmer faults carry `E_INTERNAL` and begin with `internal:`. */
export class OnnxplainError extends Error {
  override readonly name = "OnnxplainError";
  readonly code: ErrorCode;
  readonly place: ErrorPlace;

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.code = code;
    this.place = place;
  }
}
