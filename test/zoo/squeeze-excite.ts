/** @file Channels scaled by what their means say (Hu et al. 2018). */
import type { Value } from "../../src/graph/builder.ts";
import { channelsOf, type Kit } from "./kit.ts";

type Activation = (x: Value) => Value;
interface Activations {
  readonly inner?: Activation;
  readonly gate?: Activation;
}

/** x ⊙ gate(W₂ inner(W₁ mean(x))). */
export function squeezeExcite(k: Kit, x: Value, squeeze: number, { inner, gate }: Activations = {}): Value {
  const small = k.conv(k.g.op("GlobalAveragePool", [x]), squeeze);
  const wide = k.conv((inner ?? ((v) => k.relu(v)))(small), channelsOf(x));
  return k.g.op("Mul", [(gate ?? ((v) => k.g.op("Sigmoid", [v])))(wide), x]);
}
