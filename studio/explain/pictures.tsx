/** @file The pictures on the desk: one is explained. */

import { Bitmap } from "../parts/bitmap.tsx";
import { FileButton } from "../parts/file-button.tsx";
import { choose, chosen, closePicture, type OpenPicture, picture, pictures } from "../state/session.ts";
import { report } from "../state/work.ts";
import { filesOf, openFiles } from "./opening.ts";
import { Panel } from "./panel.tsx";

const nameOf = ({ name, width, height }: OpenPicture): string => `${name}, ${width} × ${height}`;

export function Pictures() {
  const now = picture.value;
  return (
    <Panel title="Pictures" hint={now?.name} always>
      <div class="strip" role="radiogroup" aria-label="Picture to explain">
        {pictures.value.map((p) => (
          <label key={p.id} class="thumb" title={nameOf(p)}>
            <input
              type="radio"
              name="picture"
              checked={p.id === chosen.value}
              aria-label={nameOf(p)}
              onChange={() => choose(p.id)}
            />
            <Bitmap bitmap={p.thumbnail} />
          </label>
        ))}
      </div>
      <div class="row">
        <FileButton
          accept="image/*"
          multiple
          onFiles={(list) => void openFiles(filesOf(list)).catch((error: unknown) => report("Opening pictures", error))}
        >
          Add pictures…
        </FileButton>
        <button type="button" disabled={now === undefined} onClick={() => now && void closePicture(now.id)}>
          Remove
        </button>
      </div>
    </Panel>
  );
}
