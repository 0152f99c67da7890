/** @file One class at a time: a slider, a list and two buttons go from sheet to sheet. */
import { all, one } from "./root.ts";

/** Of `.class-sheets` with a `.class-sheet` for each class, named by `data-name`, and `.steps` to go among them. Folded sheets are unfolded. */
export function classes(root: ParentNode): void {
  for (const box of all(root, ".class-sheets")) stepped(box);
}

function stepped(box: HTMLElement): void {
  const sheets = all(box, ".class-sheet");
  if (sheets.length < 2) return;
  const tools = one(box, ".steps");
  const slider = one<HTMLInputElement>(tools, "input[type=range]");
  const list = one<HTMLSelectElement>(tools, "select");
  const field = tools.querySelector<HTMLInputElement>("input[type=search]");
  const names = sheets.map((sheet) => sheet.dataset.name ?? "");
  const options = names.map((name, i) => new Option(name, String(i)));
  let now = 0;

  const show = (place: number): void => {
    (sheets[now] as HTMLElement).hidden = true;
    now = Math.min(Math.max(place, 0), sheets.length - 1);
    (sheets[now] as HTMLElement).hidden = false;
    slider.value = list.value = String(now);
    slider.setAttribute("aria-valuetext", `${names[now]}, ${now + 1} of ${sheets.length}`);
  };
  const offer = (words: string): void => {
    const found = options.filter((_, i) => (names[i] as string).toLowerCase().includes(words));
    list.replaceChildren(...found);
    const [first] = found;
    if (first && !found.includes(options[now] as HTMLOptionElement)) show(Number(first.value));
    list.value = String(now);
  };

  box.append(...sheets);
  for (const fold of all(box, ":scope > details")) fold.remove();
  for (const sheet of sheets) sheet.hidden = true;
  slider.max = String(sheets.length - 1);
  slider.addEventListener("input", () => show(Number(slider.value)));
  list.addEventListener("change", () => show(Number(list.value)));
  one(tools, ".before").addEventListener("click", () => show(now - 1));
  one(tools, ".after").addEventListener("click", () => show(now + 1));
  field?.addEventListener("input", () => offer(field.value.toLowerCase().trim()));
  offer("");
  show(0);
  tools.hidden = false;
}
