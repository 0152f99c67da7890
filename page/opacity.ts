/** @file The slider that sets how much the maps cover the picture: `--heat` of the whole root. */
import { all, carrierOf, one } from "./root.ts";

export function opacity(root: ParentNode): void {
  for (const slider of all(root, ".slider")) {
    const input = one<HTMLInputElement>(slider, "input");
    const output = one<HTMLOutputElement>(slider, "output");
    slider.hidden = false;
    input.addEventListener("input", () => {
      carrierOf(root).style.setProperty("--heat", String(Number(input.value) / 100));
      output.value = `${input.value} %`;
    });
  }
}
