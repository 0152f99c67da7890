/** @file The public API: explicit re-exports only. */

export { decodeImage } from "#decode";
export { configureRuntime, type RuntimeConfig } from "#ort";
export { readStudyRecords, serveStudio, serveStudy, writeStudio } from "#serve";
export { writeSynth } from "#synth";
export { type Compiled, type CompileOptions, compile } from "./compile.ts";
export { type BoxCorners, boxesOfClass } from "./data/boxes.ts";
export type { DataItem, DataLabel, DataSet, PictureBox } from "./data/dataset.ts";
export { DEMO_LABELS, DEMO_PREPROCESSING, demoModelBytes } from "./data/demo-net.ts";
export { type JoinedLabels, type JoinReport, joinLabels } from "./data/join-labels.ts";
export { type FailedItem, type LoadedItem, loadItem } from "./data/load-item.ts";
export { type DataOptions, openDataSet } from "./data/open.ts";
export { type PrefetchOptions, prefetch } from "./data/prefetch.ts";
export { drawScene, type Scene, type SceneObject } from "./data/scenes.ts";
export { type SynthDataSetOptions, synthDataSet } from "./data/synth/data-set.ts";
export {
  drawSynth,
  type LoosePartTruth,
  type SynthObject,
  type SynthPart,
  type SynthPicture,
} from "./data/synth/draw.ts";
export { LOOSE_PART, PART_LEGEND, type PartId, SYNTH_CLASSES } from "./data/synth/figures.ts";
export { SYNTH_GROUNDS } from "./data/synth/grounds.ts";
export type { SynthLabel } from "./data/synth/labels.ts";
export { type SynthOptions, type SynthSettings, synthSettings } from "./data/synth/settings.ts";
export { synthSheet } from "./data/synth/sheet.ts";
export { templateModelBytes } from "./data/synth/template-net.ts";
export { watermarkModelBytes } from "./data/synth/watermark-net.ts";
export { readWnids } from "./data/wnid.ts";
export type { Progress } from "./drive.ts";
export { type ErrorCode, type ErrorPlace, OnnxplainError } from "./errors.ts";
export { type MethodAsk, type MetricAsk, splitList } from "./evaluate/ask.ts";
export { type Evaluation, evaluate, prepareEvaluation } from "./evaluate/evaluate.ts";
export type { CountRow, EvaluatedWindow, EvaluateOptions, ImageFailure, WorkCounts } from "./evaluate/options.ts";
export { EVALUATION_PRESETS, type EvaluationPreset, findPreset } from "./evaluate/presets.ts";
export { watchMetric, watchMetrics } from "./evaluate/watch.ts";
export type { Asked, WatchAllOptions, Watched, WatchedPicture, WatchOptions } from "./evaluate/watch-options.ts";
export type { OwnMap, SingleMap, WatchedMap } from "./evaluate/watched-map.ts";
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
export { AREAS as FISHER_AREAS, type Area } from "./fisher/areas.ts";
export type { ArtefactCluster } from "./fisher/artefacts/group.ts";
export type { MapPlaces, PartShares, RelevanceMap } from "./fisher/artefacts/relevance-map.ts";
export { type ArtefactOptions, type ArtefactSearch, searchArtefacts } from "./fisher/artefacts/search.ts";
export { MIXTURE_STARTS, type StartName } from "./fisher/em-start.ts";
export type { Framing } from "./fisher/framing.ts";
export { type FisherPipeline, SPATIAL_LAYOUTS, type SpatialLayout } from "./fisher/pipeline.ts";
export { pipelineModel } from "./fisher/pipeline-graph.ts";
export { RELEVANCE_VARIANTS, type RelevanceVariant } from "./fisher/relevance.ts";
export { type SiftSettings, TOOLKIT_SIFT } from "./fisher/sift-settings.ts";
export { SVM_LOSSES, type SvmLoss } from "./fisher/svm.ts";
export { readCsv, writeCsv } from "./formats/csv.ts";
export { type NpyArray, readNpy, writeNpy } from "./formats/npy.ts";
export { type ByteSource, readTable } from "./formats/parquet-read.ts";
export { writeTable } from "./formats/parquet-write.ts";
export { readSafetensors, writeSafetensors } from "./formats/safetensors.ts";
export type { RunsListing, SharedFile, SharedFolder } from "./formats/shared-folder.ts";
export {
  type Cell,
  type ColumnType,
  rowsOf,
  type Table,
  type TableColumn,
  tableOf,
  tableOfRows,
} from "./formats/table.ts";
export type { Model, Tensor } from "./graph/types.ts";
export { type NodeRelevance, relevanceOf } from "./graph-view/relevance.ts";
export {
  type GraphEdge,
  type GraphGroup,
  type GraphKind,
  type GraphNode,
  type GraphView,
  graphView,
} from "./graph-view/view.ts";
export { COLORMAP_NAMES, type ColormapName } from "./image/colormap.ts";
export type { DisplayRange } from "./image/display-range.ts";
export { applyEdits, type Edit, type Edited, type EditOptions, type Fill } from "./image/edit.ts";
export { parseEdit } from "./image/edit-text.ts";
export { type Heatmap, type HeatmapOptions, heatmap } from "./image/heatmap.ts";
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
export {
  type FindConceptsJob,
  type FoundConcepts,
  findConceptsIn,
  type TestConceptsJob,
  type TestedConcepts,
  testConceptsIn,
} from "./jobs/concepts.ts";
export {
  conceptPatchFiles,
  foundConceptsDocument,
  foundConceptsInput,
  foundConceptsPage,
  readFoundConcepts,
  type StoredConcept,
  testedConceptsDocument,
  testedConceptsInput,
  testedConceptsPage,
} from "./jobs/concepts-answer.ts";
export { type SeenOptions, type SeenSet, seenPictures } from "./jobs/concepts-pictures.ts";
export {
  type EvaluationRun,
  type EvaluationRunOptions,
  type RunProgress,
  runEvaluation,
} from "./jobs/evaluate.ts";
export {
  type ClassifiedFisher,
  classifyFisher,
  type FisherClassifyOptions,
  type FisherDecision,
  type NetworkScore,
} from "./jobs/fisher-classify.ts";
export { type FisherEvaluation, runFisherEvaluate } from "./jobs/fisher-evaluate.ts";
export type {
  EvaluatedBeside,
  FisherEvaluateOptions,
  FisherEvaluateSettings,
  FisherEvaluateStage,
} from "./jobs/fisher-evaluate-options.ts";
export {
  type ConservationChecks,
  type ExplainedFisher,
  type ExplainedFisherClass,
  type ExplainedFisherPicture,
  explainFisher,
  type FisherExplainOptions,
  relevanceAsked,
  type TopDescriptor,
} from "./jobs/fisher-explain.ts";
export {
  type FisherRow,
  fisherDocument,
  fisherNpy,
  fisherPictureDocument,
  fisherRows,
  fisherTable,
  fisherTensors,
} from "./jobs/fisher-explain-files.ts";
export { type OpenFisher, openFisher } from "./jobs/fisher-open.ts";
export type {
  FisherReport,
  FisherRun,
  FisherSettings,
  FisherStage,
  FisherTrainOptions,
  Ranking,
  TrainedFisher,
} from "./jobs/fisher-options.ts";
export {
  type FisherLooks,
  fisherPagePicture,
  fisherSheetRows,
  sharedIds,
  trainingClasses,
} from "./jobs/fisher-pages.ts";
export type { TrainingShare, TrainingShares } from "./jobs/fisher-shares.ts";
export { runFisherTrain } from "./jobs/fisher-train.ts";
export {
  type MountEntry,
  type MountedRun,
  mountFolder,
  mountRemote,
  type RemoteFile,
  unmount,
} from "./jobs/mounts.ts";
export { runPatternsFit } from "./jobs/patterns-fit.ts";
export type { PatternsRun, PatternTimes } from "./jobs/patterns-fitting.ts";
export { type Checkpoints, checkpointsOf, type PatternModelsOptions, patternModels } from "./jobs/patterns-models.ts";
export {
  type PatternModel,
  type PatternNetwork,
  type PatternNetworkOptions,
  patternNetwork,
} from "./jobs/patterns-network.ts";
export { openPatterns } from "./jobs/patterns-open.ts";
export {
  ATTACK_TARGETS,
  ATTACKED_FITS,
  ATTACKS,
  type AttackName,
  type AttackOptions,
  PATTERN_MATCHES,
  PATTERN_PAIRS,
  PATTERN_WEIGHTS,
  type PatternProgress,
  type PatternStage,
  type PatternsFitOptions,
  type PatternWeights,
} from "./jobs/patterns-options.ts";
export { type FrameReport, knowledgeTable, type PatternsReport } from "./jobs/patterns-report.ts";
export {
  evaluationJson,
  type RegionsEvaluateInput,
  type RegionsEvaluateOptions,
  type RegionsEvaluation,
  runRegionsEvaluate,
  writeRegionsEvaluation,
} from "./jobs/regions-evaluate.ts";
export { BASELINE_IDS, type BaselineId } from "./jobs/regions-evaluate-methods.ts";
export { type EvaluatedNetwork, evaluatedNetwork } from "./jobs/regions-evaluate-network.ts";
export {
  type ExplainedRegion,
  explainByRegions,
  fittedItems,
  type MappedPicture,
  type MappedReference,
  type RegionBoundary,
  type RegionsExplainOptions,
} from "./jobs/regions-explain.ts";
export {
  type BoundarySampling,
  type FittedRegions,
  type RegionsFitOptions,
  type RegionsReport,
  type RegionsRun,
  runRegionsFit,
  SAMPLINGS,
} from "./jobs/regions-fit.ts";
export { mapRegions, type RegionGroup, type RegionsMap, type RegionsMapOptions } from "./jobs/regions-map.ts";
export {
  itemsOf,
  type LabelOf,
  type LoadedPicture,
  labelsJoined,
  type RegionNetwork,
  type RegionNetworkOptions,
  readAll,
  regionNetwork,
} from "./jobs/regions-network.ts";
export { type OpenRegions, openRegionsFit, regionsFiles } from "./jobs/regions-open.ts";
export { regionsExplainPageOf, regionsMapPageOf } from "./jobs/regions-pages.ts";
export type { SampleOf } from "./jobs/regions-sample.ts";
export { readStored, type StoredCover, type StoredRegions } from "./jobs/regions-stored.ts";
export { coveredTable, explainedDocument, mapFiles } from "./jobs/regions-tables.ts";
export { type ArrayColumns, type ArrayFile, isArrayFile, readArrayFile } from "./jobs/representers-arrays.ts";
export {
  comparePageOf,
  compareRepresenters,
  type RepresentersCompareOptions,
  type RepresentersComparison,
} from "./jobs/representers-compare.ts";
export { confusedPoints } from "./jobs/representers-confused.ts";
export {
  debugPageOf,
  debugRepresenters,
  type RepresentersDebug,
  type RepresentersDebugOptions,
  type RepresentersSimulateOptions,
  type RepresentersSimulation,
  simulateRepresenters,
  simulationPageOf,
  simulationRows,
} from "./jobs/representers-debug.ts";
export {
  BESIDE,
  type Beside,
  type ExplainedTest,
  explainByRepresenters,
  featuresOfPoints,
  type RepresentersExplainOptions,
  type TestPoint,
} from "./jobs/representers-explain.ts";
export {
  type FeatureArrays,
  type RepresentersFitOptions,
  type RepresentersInput,
  type RepresentersReport,
  type RepresentersRun,
  runRepresentersFit,
  type SplitReport,
} from "./jobs/representers-fit.ts";
export {
  type RepresenterMaps,
  type RepresenterMapsOptions,
  type RepresenterMapsRequest,
  representerMaps,
  representersMapsPage,
} from "./jobs/representers-maps.ts";
export { type CutModel, type CutModelOptions, cutForArrays, cutForPictures } from "./jobs/representers-network.ts";
export { type OpenRepresenters, openRepresenters } from "./jobs/representers-open.ts";
export {
  idsShown,
  type Likenesses,
  type Looks,
  picturesOf,
  readVocabulary,
  representersConfusionInput,
  representersConfusionPage,
  representersExplainInput,
  representersExplainPage,
  representersFitInput,
  representersFitPage,
  textsOf,
} from "./jobs/representers-pages.ts";
export { namedPictures, type PointSource, picturePoints } from "./jobs/representers-points.ts";
export { explainTable } from "./jobs/representers-table.ts";
export { openRunPage, type RunFiles, type RunKind, type RunView, runKindOf, runKinds } from "./jobs/run-page.ts";
export { readResults } from "./jobs/run-page-evaluate.ts";
export { PAGE_FILE, packPage } from "./jobs/run-page-file.ts";
export { type FindRunsOptions, type FoundRun, findRuns } from "./jobs/run-page-found.ts";
export { labelsInRun } from "./jobs/run-page-labels.ts";
export {
  type AnalysedStudy,
  analysed,
  analysisDocument,
  analysisFiles,
  inOrderOfCodes,
  openStudy,
  type StudyFilesOptions,
  thumbnailsOf,
} from "./jobs/study-analyse.ts";
export type { StudyNetwork } from "./jobs/study-draw.ts";
export { helpByMethod, helpByRegions, type MethodHelp, type OpenHelper } from "./jobs/study-help.ts";
export {
  makeStudy,
  type NewStudy,
  type NewStudyOptions,
  type StudyOf,
  type StudyProgress,
  type WriteStudyFile,
} from "./jobs/study-new.ts";
export type { SynthSummary, WriteSynthOptions } from "./jobs/synth.ts";
export { runTraining } from "./jobs/train.ts";
export type { HistoryRow } from "./jobs/train-history.ts";
export type {
  CheckpointEvery,
  Course,
  SplitMeasure,
  TrainingProgress,
  TrainingRun,
  TrainingRunOptions,
} from "./jobs/train-options.ts";
export { measureJson } from "./jobs/train-report.ts";
export { type LoadOptions, loadModel, readLabels } from "./load.ts";
export type { Layer } from "./methods/layers.ts";
export type { Checks, Method } from "./methods/method.ts";
export { findMethod, METHODS } from "./methods/table.ts";
export { parseTarget, type Target, type TargetRequest } from "./methods/target.ts";
export { BASELINE_WORDS, BLIND, type Blind, baselineOf } from "./metrics/baselines.ts";
export { type PairedComparison, pairedComparison } from "./metrics/compare-runs.ts";
export { spearman } from "./metrics/correlations.ts";
export { dilate } from "./metrics/dilate.ts";
export type { Measured, Metric, Outcome, Variant } from "./metrics/metric.ts";
export type { CurveRow, ResultRow } from "./metrics/result-row.ts";
export { findMetric, METRICS } from "./metrics/table.ts";
export { areaOf, intersection, type TopMask, topMask } from "./metrics/top-mask.ts";
export { OPS } from "./ops/table.ts";
export type { ParamSpec, Params, ParamValue } from "./params.ts";
export { type Cav, type CavOptions, trainCav } from "./regions/concepts/cav.ts";
export { type AceAsked, type AceOptions, type Concept, type Concepts, findConcepts } from "./regions/concepts/find.ts";
export type { Patch, SeenPicture } from "./regions/concepts/patches.ts";
export { type ConceptLayer, conceptLayer, POSITIONS, type Positions } from "./regions/concepts/readout.ts";
export {
  type KnownConcept,
  openSegmentPlacer,
  type PlacedSegment,
  placeSegments,
  type SegmentPlacer,
  segmentsKept,
} from "./regions/concepts/reuse.ts";
export { type Segment, type SegmentOptions, segmentsOf } from "./regions/concepts/segments.ts";
export { type TcavOptions, type TcavResult, testConcept } from "./regions/concepts/tcav.ts";
export { type Bundle, bundleOf, mapNpy, mapSafetensors, upsampledNpy } from "./report/bundle.ts";
export type { ConceptsPage } from "./report/concepts/input.ts";
export { conceptsSheet, conceptsView } from "./report/concepts/page.ts";
export { explanationSheet, type SheetOptions } from "./report/explanation-sheet.ts";
export { fisherEvaluationView } from "./report/fisher/evaluate.ts";
export { fisherExplainPage, fisherExplainView } from "./report/fisher/explain.ts";
export { fisherSheet, type SheetRow } from "./report/fisher/sheet.ts";
export type { Behaviour } from "./report/html/behaviours.ts";
export { clear as clearHeat, coloured as colouredMap, neutralOf } from "./report/html/figures.ts";
export type { Content, Markup } from "./report/html/markup.ts";
export { type Page, page } from "./report/html/page.ts";
export { htmlReport, type ReportContext, type ReportSubject, reportView } from "./report/html/report.ts";
export { STYLE as PAGE_STYLE } from "./report/html/style.ts";
export { softmax } from "./report/html/tables.ts";
export { type Json, manifestOf, sortedJson, topClasses } from "./report/manifest.ts";
export { bundleOfMany, type ManyContext, manifestOfMany, manySafetensors } from "./report/many.ts";
export {
  COLOURING_NAMES as PATTERN_COLOURINGS,
  type ColouringName as PatternColouring,
} from "./report/patterns/colouring.ts";
export type { PatternsPage } from "./report/patterns/input.ts";
export { patternsPage, patternsView } from "./report/patterns/page.ts";
export { patternsPng, patternsSvg, STILL_KINDS, type StillOptions } from "./report/patterns/stills.ts";
export { regionsTable } from "./report/patterns/tables.ts";
export {
  displayClip,
  heatmapPicture,
  overlayPicture,
  type PictureOptions,
  type PlaneMap,
  planeOf,
  upsampled,
} from "./report/picture.ts";
export { regionsEvaluationView } from "./report/regions/evaluate.ts";
export { regionsExplainPage, regionsExplainView } from "./report/regions/explain.ts";
export { regionsMapPage, regionsMapView } from "./report/regions/map.ts";
export { comparePage, compareView } from "./report/representers/compare.ts";
export { confusionView } from "./report/representers/confusion.ts";
export { debugPage, debugTable, debugView } from "./report/representers/debug.ts";
export { explainView } from "./report/representers/explain.ts";
export { fitView } from "./report/representers/fit.ts";
export type { PageFacts } from "./report/representers/input.ts";
export { sensitivityView } from "./report/representers/sensitivity.ts";
export { simulationPage, simulationPicture, simulationView } from "./report/representers/simulation.ts";
export { comparisonView } from "./report/run/compare.ts";
export { runView } from "./report/run/report.ts";
export { comparisonText, summaryText } from "./report/run/text.ts";
export { type ShowOptions, showInTerminal } from "./report/show.ts";
export { studyReport, studyView } from "./report/study/page.ts";
export { studyWords } from "./report/study/words.ts";
export { type TerminalKind, terminalKind } from "./report/terminal.ts";
export { trainingView } from "./report/train/report.ts";
export { ACTIVATION_NAMES, type ActivationName } from "./representers/activations.ts";
export { CRITERIA, CRITERION_IDS, type CriterionId, type Ordering, orderings } from "./representers/debug.ts";
export { type Correction, type Gain, readCorrections, refit } from "./representers/debug-corrections.ts";
export { type FeatureBlock, type FeatureSource, inMemory } from "./representers/features.ts";
export { type FitOptions, fitRepresenters, REPRESENTER_SOLVERS } from "./representers/fit.ts";
export { type GroupSum, groupSums } from "./representers/groups.ts";
export {
  INFLUENCE_METHODS,
  type Influence,
  type InfluenceMethod,
  type InfluenceOptions,
  type InfluenceStudy,
  openInfluence,
  upWeighting,
  withRegulariser,
} from "./representers/influence.ts";
export { pointsOf, type Study, targetsOf } from "./representers/influence-study.ts";
export { type CorrectedLabel, classText, correctedLabels, labelTable } from "./representers/label-table.ts";
export { type LeaveOneOut, type LeaveOneOutOptions, leaveOneOut } from "./representers/leave-one-out.ts";
export { nearest } from "./representers/nearest.ts";
export {
  type ClassAnswer,
  type QueryOptions,
  query,
  type RankedPoint,
  representerValues,
  type TestAnswer,
} from "./representers/query.ts";
export type {
  RepresenterObjective,
  RepresenterSolver,
  Representers,
  TrainingPoints,
} from "./representers/representers.ts";
export { type SelfInfluence, selfInfluence } from "./representers/self-influence.ts";
export { type SimulateOptions, type Simulation, simulate, spread } from "./representers/simulate.ts";
export { COMPOSITES, type Composite, type CompositeRow, findComposite, type Selector } from "./rules/composites.ts";
export type { ElementMap } from "./rules/element-map.ts";
export type { Ledger, LedgerEntry } from "./rules/ledger.ts";
export type { Group, LinearRule, Term } from "./rules/linear-rule.ts";
export type { Role } from "./rules/roles.ts";
export { parseRule, RULES, type RuleName, type RuleSpec } from "./rules/table.ts";
export type { Device } from "./runtime/session.ts";
export { type ExplainScoresOptions, explainScores, type ScoreImages, type Scores } from "./score.ts";
export type { Listening } from "./serve/listen.ts";
export type { GivenListing, ServeStudioOptions } from "./serve/studio-options.ts";
export type {
  ActionMessage,
  AnswerMessage,
  AskedQuestion,
  OpenedHelp,
  ShownPicture,
  StudyOverview,
  StudyRefusal,
  StudyState,
  StudyStep,
} from "./serve/study-api.ts";
export type { ServedStudy, ServeStudyOptions } from "./serve/study-options.ts";
export type { ParticipantLine } from "./serve/study-store.ts";
export {
  type AnalysisOptions,
  analyseStudy,
  MEASURES,
  type Measure,
  type ParticipantResult,
  type PartResult,
  type StudyAnalysis,
} from "./study/analysis.ts";
export { type Bin, binName } from "./study/bins.ts";
export { codeOf, codesIn, newCodes, participantName } from "./study/codes.ts";
export { orderOf } from "./study/orders.ts";
export type { ActionCorrelation, PairedTest } from "./study/paired.ts";
export type { QuestionResult } from "./study/questions.ts";
export { studyIn } from "./study/read.ts";
export { scoreOf } from "./study/scores.ts";
export {
  ACTIONS,
  LEVELS,
  type Level,
  PARTS,
  type Part,
  type Participant,
  type Study as UserStudy,
  type StudyAction,
  type StudyActionRow,
  type StudyAnswer,
  type StudyPicture,
  type StudyQuestion,
  type StudyRecords,
} from "./study/study.ts";
export { forParticipant, type ParticipantQuestion, type ParticipantStudy } from "./study/view.ts";
export { addTo, balancedAccuracy, emptyTally, type Tally, topAccuracy } from "./train/accuracy.ts";
export type { Architecture, ArchitectureOptions } from "./train/architecture.ts";
export { ARCHITECTURES, findArchitecture } from "./train/architectures/table.ts";
export type { Augmentation } from "./train/augment/augmentation.ts";
export type { AugmentationChoice } from "./train/augment/pipeline.ts";
export { AUGMENTATIONS, type AugmentationId } from "./train/augment/table.ts";
export {
  type AveragePrecision,
  averagePrecision,
  type MeanAveragePrecision,
  meanAveragePrecision,
} from "./train/average-precision.ts";
export { baked, type Learned } from "./train/bake.ts";
export type { Batch, Feed } from "./train/batch.ts";
export { type EqualError, equalError, equalErrors } from "./train/equal-error.ts";
export { arrayFeed, type DataFeed, type FeedOptions, featureFeed, feedOf, type Skipped } from "./train/feed.ts";
export { type Minimum, minimise } from "./train/lbfgs.ts";
export { findLoss, LOSSES, type Loss } from "./train/losses.ts";
export type { Network } from "./train/network.ts";
export { findOptimizer, OPTIMIZERS, type Optimizer } from "./train/optimizers.ts";
export { type PairOptions, pairedFeed } from "./train/pairs.ts";
export { SCHEDULES, type Schedule } from "./train/schedule.ts";
export {
  blocksOf,
  blocksOfFeed,
  fitHead,
  HEAD_LOSSES,
  type HeadFit,
  type HeadOptions,
} from "./train/softmax-regression.ts";
export { STEP, type StepOptions, type TrainingStep, trainingStep } from "./train/step.ts";
export {
  firstState,
  type StepReport,
  type Trainer,
  type TrainerOptions,
  type TrainingState,
  trainer,
} from "./train/trainer.ts";
export { VERSION } from "./version.ts";
