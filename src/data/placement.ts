/** @file Where the shapes of a scene lie: inside the picture, apart from each other. Units: the picture is 96 wide. */
import { OnnxplainError } from "../errors.ts";
import { colorOf, DEMO_LABELS, DEMO_SIZE, shapeOf } from "./labels.ts";
import { CIRCUMRADIUS } from "./shapes.ts";
import { mix } from "./value-noise.ts";

export interface Placed {
  readonly classIndex: number;
  /** Centre. */
  readonly x: number;
  readonly y: number;
  /** Radius: see `shapes.ts`. */
  readonly r: number;
  /** Rotation in radians. */
  readonly turn: number;
}

/** Radii of shapes. */
export const RADII: readonly [number, number] = [11, 18];
/** The largest rotation, either way. */
export const MAX_TURN: number = Math.PI / 30;
/** Space to the picture's edge, and between the circles around two shapes; more between two of one colour, whose outlines one filter sees. */
const MARGIN = 3;
const GAP = 4;
const GAP_OF_ONE_COLOR = 13;
const TRIES = 40;

/** Throws `E_PARAM` for fewer than 1 or more than 3 classes, or an unknown one. */
export function place(random: () => number, classes: readonly number[] = someClasses(random)): readonly Placed[] {
  if (classes.length < 1 || classes.length > 3 || classes.some((c) => DEMO_LABELS[c] === undefined)) {
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`classes\` to be 1 to 3 class indices in 0…${DEMO_LABELS.length - 1}, got [${classes.join()}].`,
    );
  }
  for (;;) {
    const placed: Placed[] = [];
    for (const classIndex of classes) {
      const spot = Array.from({ length: TRIES }, () => propose(random, classIndex)).find((p) =>
        placed.every((q) => apart(p, q)),
      );
      if (spot) placed.push(spot);
    }
    if (placed.length === classes.length) return placed;
  }
}

/** 1 to 3 different classes. */
function someClasses(random: () => number): readonly number[] {
  const count = 1 + Math.floor(random() * 3);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(random() * DEMO_LABELS.length));
  return [...chosen];
}

function propose(random: () => number, classIndex: number): Placed {
  const r = mix(RADII[0], RADII[1], random());
  const room = MARGIN + r * CIRCUMRADIUS[shapeOf(classIndex)];
  const within = (): number => mix(room, DEMO_SIZE - room, random());
  return { classIndex, r, x: within(), y: within(), turn: mix(-MAX_TURN, MAX_TURN, random()) };
}

function apart(p: Placed, q: Placed): boolean {
  const gap = colorOf(p.classIndex) === colorOf(q.classIndex) ? GAP_OF_ONE_COLOR : GAP;
  const reach = ({ r, classIndex }: Placed): number => r * CIRCUMRADIUS[shapeOf(classIndex)];
  return Math.hypot(p.x - q.x, p.y - q.y) >= reach(p) + reach(q) + gap;
}
