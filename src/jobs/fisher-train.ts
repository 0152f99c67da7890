/** @file `fisher train` as a job: descriptors, projection, mixture, Fisher vectors, machines, and the whole as one ONNX graph. */
import { openJob } from "#run-folder";
import { jsonSha256 } from "../digest.ts";
import { OnnxplainError } from "../errors.ts";
import { gramMatrix } from "../fisher/gram.ts";
import { type Labelled, type Survey, survey } from "../train/feeding/survey.ts";
import { type Asked, askedOf } from "./fisher-asked.ts";
import { encodingOf, tooFew } from "./fisher-encoding.ts";
import { learnt } from "./fisher-machines.ts";
import { VECTORS } from "./fisher-open.ts";
import type { FisherRun, FisherTrainOptions } from "./fisher-options.ts";
import { vectorReader } from "./fisher-readers.ts";
import { picturesOf, sessionOf, stopwatch, stored, type Training } from "./fisher-training.ts";
import { writeFisher } from "./fisher-write.ts";
import type { Store } from "./representers-store.ts";
import type { Settings } from "./run-folder.ts";

/**
 * Train into a folder: `model.onnx` with `config.json` and `preprocessor_config.json` beside it, so that it loads like any other model;
 * `fisher.json`, `encoding.safetensors`, `classifiers.safetensors`, `training.parquet`, and the training pictures' Fisher vectors in
 * `vectors/`. Stopped at any moment and resumed, it goes on with the first piece that is missing and gives the same files.
 *
 * @throws OnnxplainError `E_PARAM` for settings out of range, more components than descriptors, or settings other than those the folder was
 * begun with; `E_DATA_EMPTY`, `E_TARGET_RANGE`, `E_TARGET_UNKNOWN` for data that cannot be trained on; `E_FILE` for a folder that is taken;
 * `E_ABORTED`.
 * @example await runFisherTrain({ data, folder: "fv", components: 64 });
 */
export async function runFisherTrain(options: FisherTrainOptions): Promise<FisherRun> {
  const { data, test, badLabels } = options;
  const asked = askedOf(options);
  const found = await survey(data, { badLabels });
  const most = Math.max(asked.samples, found.labelled.length);
  if (most < asked.components) throw tooFew(asked.components, most);
  const tested = test && (await survey(test, { badLabels, classes: found.names }));
  const settings = await settingsOf(options, asked, { found, tested });
  const job = await openJob(options.folder, settings, options.resume ?? false);
  if (job.done)
    throw new OnnxplainError("E_FILE", `The training in \`${job.folder}\` is complete; there is nothing to resume.`, {
      file: job.folder,
    });
  const training: Training = { job, asked, options, found, tested, clock: stopwatch() };
  const fitted = await encodingOf(training);
  const vectors = await stored(training, {
    stage: "vectors",
    part: VECTORS,
    reader: vectorReader(fitted.encoding),
    pictures: found.labelled,
    name: data.name,
  });
  const kept = keptOf(found, vectors);
  const gram = await training.clock("products", () =>
    gramMatrix(vectors.features, {
      ...sessionOf(options),
      signal: options.signal,
      onProgress: (done, of) => options.onProgress?.("products", done, of),
    }),
  );
  const machines = await learnt(training, { vectors, gram, kept, encoding: fitted.encoding });
  return writeFisher(training, { kept, vectors, fitted, machines });
}

/** What decides the files. */
async function settingsOf(
  { data, test, keepVectors }: FisherTrainOptions,
  asked: Asked,
  { found, tested }: Pick<Training, "found" | "tested">,
): Promise<Settings> {
  return {
    what: "fisher",
    ...asked,
    costs: asked.costs ?? null,
    data: data.name,
    data_sha256: await labelDigest(found),
    test: test?.name ?? null,
    test_sha256: tested ? await labelDigest(tested) : null,
    classes: found.names,
    pictures: found.labelled.length,
    vectors: keepVectors ?? true,
  };
}

/** Pictures that have a Fisher vector. Throws `E_PARAM`. */
const keptOf = (found: Survey, vectors: Store): readonly Labelled[] =>
  picturesOf(vectors, found).map((picture, i) => {
    if (picture) return picture;
    throw new OnnxplainError(
      "E_PARAM",
      `\`${vectors.ids[i]}\` has a Fisher vector but is not in the data any more. Restore the data, or begin anew.`,
    );
  });

/** SHA-256 of ids and classes in their order, hexadecimal. */
const labelDigest = ({ labelled }: Survey): Promise<string> => jsonSha256(labelled.map((l) => [l.item.id, l.classes]));
