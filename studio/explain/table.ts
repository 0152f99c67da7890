/** @file The methods there are, as the worker tells of them. */
import { computed, signal } from "@preact/signals";
import type { MethodFacts } from "../engine/calls/explain.ts";
import { call } from "../engine/client.ts";
import { details } from "../state/session.ts";
import { report } from "../state/work.ts";

export const methodTable = signal<readonly MethodFacts[]>([]);

export const methodFacts = (id: string): MethodFacts | undefined => methodTable.value.find((m) => m.id === id);

/** Why methods do not apply to the model, by id; empty until that is known. */
export const unsuitable = computed<ReadonlyMap<string, string>>(
  () =>
    new Map(
      (details.value?.methods ?? [])
        .filter((m) => !m.works)
        .map((m) => [m.id, m.reason ?? "It does not apply."] as const),
    ),
);

export async function readMethodTable(): Promise<void> {
  if (methodTable.peek().length > 0) return;
  try {
    methodTable.value = await call("methodTable", null);
  } catch (error) {
    report("Listing the methods", error);
  }
}
