/** @file The sixteen classes of the demo world: every colour in every shape. */
import { COLORS, type Color } from "./colors.ts";
import { SHAPES, type Shape } from "./shapes.ts";

/** Width and height of the demo network's input; scenes are 96 units wide, whatever their pixels. */
export const DEMO_SIZE = 96;

/** One label for each class: colour by colour, and in each colour shape by shape. */
export const DEMO_LABELS: readonly string[] = COLORS.flatMap((color) => SHAPES.map((shape) => `${color} ${shape}`));

export const labelOf = (classIndex: number): string => DEMO_LABELS[classIndex] as string;
export const shapeOf = (classIndex: number): Shape => SHAPES[classIndex % SHAPES.length] as Shape;
export const colorOf = (classIndex: number): Color => COLORS[Math.floor(classIndex / SHAPES.length)] as Color;
