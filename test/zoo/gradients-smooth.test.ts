/** @file Gradient-class methods on the networks of the zoo with gates, smooth activations or attention. */
import { gradientSuite } from "./gradient-suite.ts";
import { ZOO } from "./zoo.ts";

gradientSuite(
  "networks with other activations",
  Object.keys(ZOO).filter((name) => !ZOO[name]?.relu),
);
