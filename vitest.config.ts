import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "#ort": at("./src/runtime/ort-node.ts"),
      "#decode": at("./src/image/decode-node.ts"),
      "#files": at("./src/jobs/files-node.ts"),
      "#synth": at("./src/jobs/synth-node.ts"),
      "#run-folder": at("./src/jobs/run-folder-node.ts"),
      "#serve": at("./src/serve/node.ts"),
    },
  },
  test: { include: ["test/**/*.test.ts"], testTimeout: 60_000, maxWorkers: 2 },
});
