/** @file Gradient-class methods on the networks of the zoo whose only nonlinearities are ReLUs and max pools. */
import { gradientSuite } from "./gradient-suite.ts";
import { ZOO } from "./zoo.ts";

gradientSuite(
  "networks of ReLUs",
  Object.keys(ZOO).filter((name) => ZOO[name]?.relu),
);
