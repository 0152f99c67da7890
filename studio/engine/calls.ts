/** @file Every call the page may make, with what goes in and what comes out; one file a view. */
import type { ExplainCalls } from "./calls/explain.ts";
import type { GraphCalls } from "./calls/graph.ts";
import type { MeasureCalls } from "./calls/measure.ts";
import type { ModelCalls } from "./calls/model.ts";
import type { PictureCalls } from "./calls/pictures.ts";
import type { RunCalls } from "./calls/runs.ts";
import type { TakeCalls } from "./calls/take.ts";

export interface Calls extends ModelCalls, PictureCalls, ExplainCalls, GraphCalls, MeasureCalls, RunCalls, TakeCalls {}
