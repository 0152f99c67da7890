/** @file What is fetched when something is measured. */
export { growth } from "./growth.ts";
export { readHeat } from "./heat.ts";
export { measure, metricFacts } from "./metrics.ts";
