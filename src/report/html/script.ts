/** @file The small script of a report: the opacity of the maps, and the value under a finger, a pointer or the arrow keys. */

export const SCRIPT = `
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
for (const slider of all(".slider")) {
  const [input, output] = [slider.querySelector("input"), slider.querySelector("output")];
  slider.hidden = false;
  input.addEventListener("input", () => {
    document.documentElement.style.setProperty("--heat", String(input.value / 100));
    output.value = input.value + " %";
  });
}
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
const read = ({ map, scale }) => (scale ? new Int16Array(bytes(map)) : new Float32Array(bytes(map)));
const spell = (v) => String(Number(v.toPrecision(3)));
const groups = new Map();
for (const box of all(".probe")) {
  const { image, columns, rows, scale } = box.dataset;
  const svg = box.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal;
  let values;
  const probe = {
    box, columns: Number(columns), rows: Number(rows),
    at: (x, y) => (values ??= read(box.dataset))[y * columns + x] * (scale ? Number(scale) : 1),
    mark: box.querySelector(".mark"), output: box.parentElement.querySelector(".value"),
    rest: box.parentElement.querySelector(".value").textContent, width, height,
  };
  if (!groups.has(image)) groups.set(image, []);
  groups.get(image).push(probe);
  const point = (event) => {
    const { left, top, width: w, height: h } = svg.getBoundingClientRect();
    show(image, probe, (event.clientX - left) / w, (event.clientY - top) / h);
  };
  box.addEventListener("pointermove", point);
  box.addEventListener("pointerdown", point);
  box.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && document.activeElement !== box && hide(image));
  box.addEventListener("blur", () => hide(image));
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") hide(image);
    if (!step) return;
    event.preventDefault();
    const [u, v] = probe.where ?? [0.5, 0.5];
    const far = event.shiftKey ? 10 : 1;
    show(image, probe, u + (far * step[0]) / probe.columns, v + (far * step[1]) / probe.rows);
  });
  box.tabIndex = 0;
}
const within = (t) => Math.min(Math.max(t, 0), 1 - 1e-9);
function show(image, active, u, v) {
  [u, v] = [within(u), within(v)];
  active.where = [u, v];
  for (const probe of groups.get(image)) {
    const [x, y] = [Math.floor(u * probe.columns), Math.floor(v * probe.rows)];
    probe.mark.setAttribute("cx", u * probe.width);
    probe.mark.setAttribute("cy", v * probe.height);
    probe.mark.classList.add("on");
    probe.output.classList.add("live");
    probe.output.textContent = spell(probe.at(x, y)) + " at x " + x + ", y " + y;
  }
}
function hide(image) {
  for (const probe of groups.get(image)) {
    probe.mark.classList.remove("on");
    probe.output.classList.remove("live");
    probe.output.textContent = probe.rest;
  }
}
`;
