/** @file Upsample and the early forms of Resize, in the words of Resize-19; Scatter, GridSample and RoiAlign beside them. */
import { tensor } from "../../graph/tensor.ts";
import type { Node } from "../../graph/types.ts";
import { realAttr, realsAttr, textAttr, withInputs, without } from "../attributes.ts";
import type { Rewriter } from "../rewriter.ts";
import type { Lift } from "./lift.ts";

const ASYMMETRIC = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" } as const;

function scalesOf(node: Node, rw: Rewriter): string {
  const given = realsAttr(node, "scales");
  const height = realAttr(node, "height_scale");
  const width = realAttr(node, "width_scale");
  const values = given ?? (height !== undefined && width !== undefined ? [1, 1, height, width] : undefined);
  return values
    ? rw.constant(tensor("float32", [values.length], values), `${node.outputs[0]}/scales`)
    : (node.inputs[1] ?? "");
}

/** Upsample-1, -7 and -9, and Resize-10, all of which place corners "asymmetric" and round down. */
export const upsampleToResize: Lift = (node, rw) => {
  const mode = textAttr(node, "mode") ?? "nearest";
  const attrs = { ...ASYMMETRIC, mode: mode === "bilinear" ? "linear" : mode };
  return withInputs({ ...node, op: "Resize" }, [node.inputs[0] ?? "", "", scalesOf(node, rw)], attrs);
};

/** Resize-11: unused roi, scales and sizes are empty tensors; later they are simply left out. */
export const emptyInputs: Lift = (node, rw) => {
  const crops = textAttr(node, "coordinate_transformation_mode") === "tf_crop_and_resize";
  const inputs = node.inputs.map((name, i) => {
    const empty =
      rw.constantOf(name)?.data.length === 0 || (i < 3 && rw.dims(name)?.length === 1 && rw.dims(name)?.[0] === 0);
    return empty || (i === 1 && !crops) ? "" : name;
  });
  return withInputs(node, inputs);
};

/** `tf_half_pixel_for_nn` left in opset 13: floor(x) there is round-half-up of x - 0.5. */
export const halfPixelForNearest: Lift = (node) => {
  const { attrs } = node;
  if (attrs.coordinate_transformation_mode !== "tf_half_pixel_for_nn" || attrs.nearest_mode !== "floor") return node;
  return {
    ...node,
    attrs: { ...attrs, coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_ceil" },
  };
};

export const scatterElements: Lift = (node) => ({ ...node, op: "ScatterElements" });

/** GridSample-16 names its modes after pictures. */
export const gridMode: Lift = (node) => {
  const mode = textAttr(node, "mode") ?? "bilinear";
  const name = mode === "bilinear" ? "linear" : mode === "bicubic" ? "cubic" : mode;
  return { ...node, attrs: { ...without(node.attrs, "mode"), mode: name } };
};

/** RoiAlign-10 has no half-pixel shift. */
export const roiPixels: Lift = (node) => ({
  ...node,
  attrs: { coordinate_transformation_mode: "output_half_pixel", ...node.attrs },
});
