/** @file The worker in which everything is computed: answers calls, one table row each. */
import { OnnxplainError } from "../../src/index.ts";
import type { Handler } from "./handler.ts";
import { HANDLERS } from "./handlers.ts";
import type { Ask, CallName, FromWorker, ToWorker, Trouble } from "./protocol.ts";

const scope = self as unknown as {
  postMessage: (message: FromWorker, transfer?: readonly Transferable[]) => void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

const running = new Map<number, AbortController>();

async function answer<K extends CallName>(id: number, handler: Handler<K>, input: Ask["input"]): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const { output, transfer = [] } = await handler(input as never, {
      signal: controller.signal,
      onProgress: (progress) => scope.postMessage({ id, progress }),
      tell: (note, handed = []) => scope.postMessage({ id, note }, handed),
    });
    scope.postMessage({ id, output }, transfer);
  } catch (error) {
    scope.postMessage({ id, trouble: troubleOf(error) });
  } finally {
    running.delete(id);
  }
}

const troubleOf = (error: unknown): Trouble =>
  error instanceof OnnxplainError
    ? { code: error.code, message: error.message }
    : { code: undefined, message: error instanceof Error ? error.message : String(error) };

scope.onmessage = ({ data }) => {
  if ("cancel" in data) running.get(data.cancel)?.abort();
  else void answer(data.id, HANDLERS[data.name] as Handler<CallName>, data.input);
};
