/** @file `--show`: the maps drawn in the terminal that is there. */
import { type Explainer, type Explanations, type PictureOptions, showInTerminal, terminalKind } from "../src/index.ts";

const COLUMNS = 80;

/** The drawing, for the stream that it will be written to. */
export function drawing(
  { explanations }: Explanations,
  {
    model,
    picture,
    stream,
  }: { readonly model: Explainer; readonly picture: PictureOptions; readonly stream: NodeJS.WriteStream },
): Promise<string> {
  return showInTerminal(explanations, {
    ...picture,
    kind: terminalKind(process.env, { tty: stream.isTTY === true }),
    columns: stream.columns ?? (Number(process.env.COLUMNS) || COLUMNS),
    labels: model.labels,
  });
}
