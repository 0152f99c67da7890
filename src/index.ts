/** @file The public API: explicit re-exports only. */

export { configureRuntime, type RuntimeConfig } from "#ort";
export { type Compiled, type CompileOptions, compile } from "./compile.ts";
export { DEMO_LABELS, DEMO_PREPROCESSING, demoModelBytes } from "./data/demo-net.ts";
export { drawScene, type Scene, type SceneObject } from "./data/scenes.ts";
export type { Progress } from "./drive.ts";
export { type ErrorCode, type ErrorPlace, OnnxplainError } from "./errors.ts";
export {
  argMax,
  type ExplainAllOptions,
  type ExplainOptions,
  type Explanation,
  type Explanations,
  explain,
  explainAll,
  type ImageInput,
  type InputTensor,
  type MethodFailure,
  type MethodRequest,
  predict,
  type RunOptions,
  type Timings,
} from "./explain.ts";
export { type ClassifierOptions, type DeviceOptions, Explainer } from "./explainer.ts";
export { type NpyArray, readNpy, writeNpy } from "./formats/npy.ts";
export { readSafetensors, writeSafetensors } from "./formats/safetensors.ts";
export type { Model, Tensor } from "./graph/types.ts";
export { COLORMAP_NAMES, type ColormapName } from "./image/colormap.ts";
export { OVERLAY_STYLES, type OverlayOptions, overlay } from "./image/overlay.ts";
export { encodePng } from "./image/png.ts";
export { type Preprocessing, preprocess } from "./image/preprocess.ts";
export { PRESETS, preset, withInputSize } from "./image/presets.ts";
export { CHANNEL_REDUCERS, type ChannelReducer } from "./image/reduce.ts";
export { resize } from "./image/resize.ts";
export { sheet } from "./image/sheet.ts";
export { sideBySide } from "./image/side-by-side.ts";
export type { ImageU8, Resample } from "./image/types.ts";
export { formatPort, type Inspection, inspect, type MethodVerdict } from "./inspect.ts";
export { type BenchOptions, type BenchResult, type BenchRow, benchModel } from "./jobs/bench.ts";
export { type LoadOptions, loadModel, readLabels } from "./load.ts";
export type { Layer } from "./methods/layers.ts";
export type { Checks, Method } from "./methods/method.ts";
export type { ParamSpec, Params, ParamValue } from "./params.ts";
export { findMethod, METHODS } from "./methods/table.ts";
export type { Target, TargetRequest } from "./methods/target.ts";
export { OPS } from "./ops/table.ts";
export { type Bundle, bundleOf, mapNpy, mapSafetensors, upsampledNpy } from "./report/bundle.ts";
export { explanationSheet, type SheetOptions } from "./report/explanation-sheet.ts";
export { htmlReport, type ReportContext, type ReportSubject } from "./report/html/report.ts";
export { type Json, manifestOf, sortedJson, topClasses } from "./report/manifest.ts";
export { bundleOfMany, type ManyContext, manifestOfMany, manySafetensors } from "./report/many.ts";
export { heatmapPicture, overlayPicture, type PictureOptions, planeOf } from "./report/picture.ts";
export { type ShowOptions, showInTerminal } from "./report/show.ts";
export { type TerminalKind, terminalKind } from "./report/terminal.ts";
export { COMPOSITES, type Composite, type CompositeRow, findComposite, type Selector } from "./rules/composites.ts";
export type { ElementMap } from "./rules/element-map.ts";
export type { Ledger, LedgerEntry } from "./rules/ledger.ts";
export type { Group, LinearRule, Term } from "./rules/linear-rule.ts";
export type { Role } from "./rules/roles.ts";
export { parseRule, RULES, type RuleName, type RuleSpec } from "./rules/table.ts";
export type { Device } from "./runtime/session.ts";
export { type ExplainScoresOptions, explainScores, type ScoreImages, type Scores } from "./score.ts";
export { VERSION } from "./version.ts";
