/** @file The whole window takes what is dropped on it, for the view that is open, and says so while something hovers. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { openRuns } from "../state/runs.ts";
import { view } from "../state/view.ts";
import { report } from "../state/work.ts";
import { dropped, openFiles } from "./opening.ts";

export function DropTarget() {
  const over = useSignal(false);
  useEffect(() => {
    const controller = new AbortController();
    const options = { signal: controller.signal };
    let depth = 0;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth++;
      over.value = true;
    };
    const leave = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      over.value = depth > 0;
    };
    const drop = (event: DragEvent): void => {
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      depth = 0;
      over.value = false;
      dropped(event.dataTransfer)
        .then(view.peek().tab === "runs" ? openRuns : openFiles)
        .catch((error: unknown) => report("Reading what was dropped", error));
    };
    addEventListener("dragenter", enter, options);
    addEventListener("dragleave", leave, options);
    addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault(), options);
    addEventListener("drop", drop, options);
    return () => controller.abort();
  }, [over]);
  return over.value ? (
    <div class="drop-here">
      <p>
        <strong>Drop it here</strong>
        {view.value.tab === "runs"
          ? "A folder that a command wrote, or one that holds several."
          : "An .onnx file, a folder with a model (as on the Hugging Face hub), or pictures."}{" "}
        Nothing is uploaded.
      </p>
    </div>
  ) : null;
}
