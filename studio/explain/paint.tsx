/** @file Painting over the picture: what is hidden from the network changes its scores at once, and its maps after a pause. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Bitmap } from "../parts/bitmap.tsx";
import { type OpenPicture, picture } from "../state/session.ts";
import { view } from "../state/view.ts";
import { said } from "../state/work.ts";
import { type Box, boxBetween, boxesOf, covered, editText, type Point } from "./brush.ts";
import { brush, brushSide, color, FILLS, fillKind, fillText, painting, type Tool, tool } from "./paint-state.ts";
import { original, shown } from "./painted-picture.ts";
import { Bars } from "./predictions.tsx";
import { scores, scoresBefore } from "./scores.ts";
import { apply, canRedo, canUndo, follow, mapsLate, mapsNow, redo, stroke, undo } from "./strokes.ts";

export function Paint() {
  const now = picture.value;
  if (!painting.value || now === undefined) return null;
  return (
    <section class="paint" id="paint" aria-label="Paint and occlude">
      <Tools />
      <div class="paint-room">
        <Sheet key={now.id} picture={now} />
        <div class="paint-scores">
          <h3>Scores as you paint</h3>
          <Moving />
          <label class="check">
            <input
              type="checkbox"
              checked={follow.value}
              onChange={(event) => {
                follow.value = event.currentTarget.checked;
              }}
            />
            <span>Maps follow by themselves</span>
          </label>
          <button type="button" disabled={!mapsLate.value} onClick={mapsNow}>
            Explain it as it is now
          </button>
          <p class="soft">
            Drag over the picture; or, by keyboard: arrows move the box, + and − size it, Enter applies it.
          </p>
        </div>
      </div>
    </section>
  );
}

/** The classes that led before, and that lead now. */
function Moving() {
  const order = (row: Float32Array | undefined): readonly number[] =>
    row
      ? Array.from(row.keys())
          .sort((a, b) => (row[b] as number) - (row[a] as number))
          .slice(0, 4)
      : [];
  const list = [...new Set([...order(scoresBefore.value?.scores), ...order(scores.value?.scores)])].slice(0, 6);
  return <Bars list={list} />;
}

const TOOLS: readonly (readonly [Tool, string])[] = [
  ["brush", "Brush"],
  ["box", "Box"],
];

function Tools() {
  const hold = (on: boolean) => () => {
    original.value = on;
  };
  return (
    <div class="paint-tools" role="toolbar" aria-label="Painting">
      {TOOLS.map(([id, name]) => (
        <button
          type="button"
          key={id}
          aria-pressed={tool.value === id}
          onClick={() => {
            tool.value = id;
          }}
        >
          {name}
        </button>
      ))}
      <label class="pick">
        Size
        <input
          type="range"
          min={2}
          max={50}
          value={Math.round(brush.value * 100)}
          aria-valuetext={`${brushSide.value} pixels`}
          onInput={(event) => {
            brush.value = event.currentTarget.valueAsNumber / 100;
          }}
        />
      </label>
      <label class="pick">
        Fill
        <select
          value={fillKind.value}
          onChange={(event) => {
            fillKind.value = FILLS.find(([id]) => id === event.currentTarget.value)?.[0] ?? "grey";
          }}
        >
          {FILLS.map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {fillKind.value === "color" ? (
        <label class="pick">
          Colour
          <input
            type="color"
            value={color.value}
            onInput={(event) => {
              color.value = event.currentTarget.value;
            }}
          />
        </label>
      ) : null}
      <button type="button" disabled={!canUndo.value} onClick={undo}>
        Undo
      </button>
      <button type="button" disabled={!canRedo.value} onClick={redo}>
        Redo
      </button>
      <button type="button" disabled={view.value.edits.length === 0} onClick={() => apply([])}>
        Clear
      </button>
      <button
        type="button"
        aria-pressed={original.value}
        disabled={view.value.edits.length === 0}
        onPointerDown={hold(true)}
        onPointerUp={hold(false)}
        onPointerLeave={hold(false)}
        onKeyDown={(event) => {
          if (event.key === " " || event.key === "Enter") original.value = true;
        }}
        onKeyUp={hold(false)}
        onBlur={hold(false)}
      >
        Hold to see the original
      </button>
    </div>
  );
}

/** A stroke or a box that is being drawn. */
interface Drawing {
  readonly pointer: number;
  readonly start: Point;
  readonly last: Point;
  readonly cells: Set<string>;
}

const textsOf = (boxes: readonly Box[]): readonly string[] => boxes.map((b) => editText(b, fillText.peek()));

function Sheet({ picture: { width, height, name } }: { readonly picture: OpenPicture }) {
  const drawing = useRef<Drawing | undefined>(undefined);
  const cursor = useSignal<Point | undefined>(undefined);
  const marked = useSignal<Box | undefined>(undefined);
  const size = { width, height };
  const pointOf = (event: PointerEvent, box: Element): Point => {
    const at = box.getBoundingClientRect();
    return { x: ((event.clientX - at.left) / at.width) * width, y: ((event.clientY - at.top) / at.height) * height };
  };
  const draw = (now: Drawing): void => {
    if (tool.peek() === "brush") {
      stroke.value = textsOf(boxesOf(now.cells, brushSide.peek(), size));
      return;
    }
    marked.value = boxBetween(now.start, now.last, size);
    stroke.value = textsOf([marked.value]);
  };
  const finish = (): void => {
    if (drawing.current === undefined) return;
    drawing.current = undefined;
    marked.value = undefined;
    if (stroke.peek().length > 0) apply([...view.peek().edits, ...stroke.peek()]);
  };
  const cursorBox = (at: Point): Box => {
    const half = brushSide.value / 2;
    return boxBetween({ x: at.x - half, y: at.y - half }, { x: at.x + half, y: at.y + half }, size);
  };
  const key = (event: KeyboardEvent): void => {
    const by = Math.max(1, Math.round(brushSide.peek() / 2)) * (event.shiftKey ? 4 : 1);
    const from = cursor.peek() ?? { x: width / 2, y: height / 2 };
    const to = (x: number, y: number): void => {
      cursor.value = { x: Math.min(Math.max(x, 0), width - 1), y: Math.min(Math.max(y, 0), height - 1) };
      const { x0, y0, x1, y1 } = cursorBox(cursor.value);
      said.value = `Box from ${x0}, ${y0} to ${x1}, ${y1}`;
    };
    const sized = (factor: number): void => {
      brush.value = Math.min(Math.max(brush.peek() * factor, 0.02), 0.5);
      to(from.x, from.y);
    };
    const act = KEYS[event.key];
    if (event.ctrlKey || event.metaKey || act === undefined) return;
    event.preventDefault();
    act({
      to: (x, y) => to(from.x + x * by, from.y + y * by),
      sized,
      paint: () => {
        apply([...view.peek().edits, editText(cursorBox(from), fillText.peek())]);
        said.value = "Painted";
        to(from.x, from.y);
      },
    });
  };
  const box = marked.value ?? (cursor.value ? cursorBox(cursor.value) : undefined);
  return (
    <div
      class="sheet"
      role="application"
      aria-roledescription="picture to paint on"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the box here
      tabIndex={0}
      aria-label={`${name}: arrows move the box, plus and minus size it, Enter paints`}
      style={{ aspectRatio: `${width} / ${height}` }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        const at = pointOf(event, event.currentTarget);
        event.currentTarget.setPointerCapture(event.pointerId);
        cursor.value = undefined;
        const cells = new Set<string>();
        covered(cells, at, at, brushSide.peek(), size);
        drawing.current = { pointer: event.pointerId, start: at, last: at, cells };
        draw(drawing.current);
      }}
      onPointerMove={(event) => {
        const now = drawing.current;
        if (now?.pointer !== event.pointerId) return;
        const at = pointOf(event, event.currentTarget);
        covered(now.cells, now.last, at, brushSide.peek(), size);
        drawing.current = { ...now, last: at };
        draw(drawing.current);
      }}
      onPointerUp={finish}
      onPointerCancel={() => {
        drawing.current = undefined;
        marked.value = undefined;
        stroke.value = [];
      }}
      onKeyDown={key}
      onFocus={(event) => {
        if (event.currentTarget.matches(":focus-visible")) cursor.value ??= { x: width / 2, y: height / 2 };
      }}
      onBlur={() => {
        cursor.value = undefined;
      }}
    >
      <Bitmap bitmap={shown.value} />
      {box ? (
        <span
          class="cursor-box"
          style={{
            left: `${(box.x0 / width) * 100}%`,
            top: `${(box.y0 / height) * 100}%`,
            width: `${((box.x1 - box.x0) / width) * 100}%`,
            height: `${((box.y1 - box.y0) / height) * 100}%`,
          }}
        />
      ) : null}
    </div>
  );
}

interface Acts {
  readonly to: (x: number, y: number) => void;
  readonly sized: (factor: number) => void;
  readonly paint: () => void;
}
const GROW = 1.25;
const KEYS: Readonly<Record<string, (acts: Acts) => void>> = {
  ArrowLeft: ({ to }) => to(-1, 0),
  ArrowRight: ({ to }) => to(1, 0),
  ArrowUp: ({ to }) => to(0, -1),
  ArrowDown: ({ to }) => to(0, 1),
  "+": ({ sized }) => sized(GROW),
  "=": ({ sized }) => sized(GROW),
  "-": ({ sized }) => sized(1 / GROW),
  Enter: ({ paint }) => paint(),
  Backspace: () => undo(),
};
