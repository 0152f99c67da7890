/** @file Seeded randomness, as methods know it. */
export { normals, uniforms } from "../random.ts";
