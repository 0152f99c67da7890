/** @file The page stays awake: tasks of its main thread while ten methods run, a picture is measured, a large run is opened; and Stop. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateVerb } from "../../cli/evaluate.ts";
import { readParquet } from "../../src/formats/parquet-read.ts";
import { drawScene, encodePng } from "../../src/index.ts";
import { resultsFile } from "../../src/jobs/evaluate-tables.ts";
import type { ResultRow } from "../../src/metrics/result-row.ts";
import { FIRST_VIEW } from "../../studio/state/view.ts";
import { linkOf } from "../../studio/take/link.ts";
import { printed } from "../cli/run.ts";
import { absent, shared } from "../shared.ts";
import { drawn, goTo, method, modelFiles, pictureFiles, rested, SLOW, tile, tiles, visit } from "./desk.ts";
import { openStudio, type Studio } from "./world.ts";
