/** @file Parameters as the library and the command line give them: what is read, what is refused, and in which words. */
import { describe, expect, it } from "vitest";
import { findMethod, METHODS, type Method, OnnxplainError } from "../../src/index.ts";
import { readParams } from "../../src/params.ts";

const read = (method: Method, given: Readonly<Record<string, unknown>>): ReturnType<typeof readParams> =>
  readParams(method.id, method.params, given);
function refusal(method: Method, given: Readonly<Record<string, unknown>>): string {
  try {
    read(method, given);
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxplainError);
    expect((error as OnnxplainError).code).toBe("E_PARAM");
    return (error as OnnxplainError).message;
  }
  return "nothing thrown";
}
const ig = METHODS["integrated-gradients"];

describe("what is read", () => {
  it("defaults are filled in", () => {
    expect(read(ig, {})).toEqual({ n_steps: 50, method: "gausslegendre", baselines: 0 });
    expect(read(METHODS["grad-cam"], {})).toEqual({ relu: false });
    expect(read(METHODS.smoothgrad, {})).toEqual({ nt_samples: 20, noise_level: 0.1, stdevs: null });
  });
  it("text from the command line is as good as a value", () => {
    expect(read(ig, { n_steps: "20", method: "riemann-left", baselines: "0.5" })).toEqual(
      read(ig, { n_steps: 20, method: "riemann_left", baselines: 0.5 }),
    );
    expect(read(METHODS.occlusion, { sliding_window_shapes: "3, 9,9", strides: "3,5,5" })).toMatchObject({
      sliding_window_shapes: [3, 9, 9],
      strides: [3, 5, 5],
    });
    expect(read(METHODS["grad-cam"], { relu: "true" })).toEqual({ relu: true });
    expect(read(ig, { baselines: "1,2,3" }).baselines).toEqual([1, 2, 3]);
  });
  it("names in any spelling of case and dashes", () => {
    expect(read(ig, { "N-Steps": 7 }).n_steps).toBe(7);
  });
  it("undefined means the default, and so does null where that is the default", () => {
    expect(read(ig, { n_steps: undefined }).n_steps).toBe(50);
    expect(read(METHODS.smoothgrad, { stdevs: null }).stdevs).toBeNull();
  });
});

describe("what is refused", () => {
  it.each<[Method, Readonly<Record<string, unknown>>, RegExp]>([
    [ig, { n_steps: 0 }, /`n_steps`.*integer from 1 up, got 0/],
    [ig, { n_steps: 2.5 }, /integer/],
    [ig, { n_steps: "many" }, /got "many" \(string\)/],
    [ig, { n_steps: "" }, /integer/],
    [ig, { n_steps: Number.NaN }, /integer/],
    [ig, { n_steps: true }, /integer/],
    [ig, { n_steps: null }, /integer/],
    [ig, { method: "simpson" }, /`gausslegendre`, `riemann_left`/],
    [ig, { baselines: "x" }, /a number/],
    [ig, { baselines: [] }, /a number/],
    [ig, { baselines: [1, "b"] }, /a number/],
    [ig, { baselines: {} }, /a number/],
    [METHODS.smoothgrad, { stdevs: -1 }, /greater than 0/],
    [METHODS.smoothgrad, { stdevs: 0 }, /greater than 0/],
    [METHODS.smoothgrad, { noise_level: Number.POSITIVE_INFINITY }, /greater than 0/],
    [METHODS["grad-cam"], { relu: "yes" }, /true or false/],
    [METHODS["grad-cam"], { relu: 1 }, /true or false/],
    [METHODS.occlusion, { strides: "1,,2" }, /separated by commas/],
  ])("%o %o", (method, given, message) => expect(refusal(method, given)).toMatch(message));
  it("an unknown name lists the known ones", () => {
    expect(refusal(ig, { steps: 3 })).toMatch(/no parameter `steps`.*n_steps, method, baselines/);
    expect(refusal(METHODS.gradient, { steps: 3 })).toMatch(/It has none/);
    for (const name of ["constructor", "__proto__", "toString"])
      expect(refusal(ig, JSON.parse(`{"${name}": 1}`) as Record<string, unknown>)).toMatch(/no parameter/);
  });
});

describe("methods by name", () => {
  it("by id and alias, whatever case, dash or underscore", () => {
    for (const method of Object.values<Method>(METHODS))
      for (const name of [method.id, ...method.aliases, method.id.toUpperCase(), method.id.replaceAll("-", "_")])
        expect(findMethod(name).id, name).toBe(method.id);
  });
  it("no two methods answer to one name", () => {
    const names = Object.values<Method>(METHODS).flatMap((m) =>
      [m.id, ...m.aliases].map((n) => n.toLowerCase().replaceAll(/[-_\s]/g, "")),
    );
    const distinct = Object.values<Method>(METHODS).flatMap((m) => [
      ...new Set([m.id, ...m.aliases].map((n) => n.toLowerCase().replaceAll(/[-_\s]/g, ""))),
    ]);
    expect(new Set(names).size).toBe(distinct.length);
  });
  it("an unknown one lists all", () => {
    expect(() => findMethod("magic")).toThrow(/integrated-gradients.*occlusion/);
    expect(() => findMethod("")).toThrow(OnnxplainError);
  });
  it("every method says where it comes from and what it costs", () => {
    for (const [key, m] of Object.entries<Method>(METHODS)) {
      expect(m.id).toBe(key);
      expect(m.source, key).toMatch(/\d{4}/);
      expect(m.cost.length, key).toBeGreaterThan(5);
      for (const spec of Object.values(m.params)) expect(spec.about.length).toBeGreaterThan(5);
    }
  });
});
