/** @file A small study in a folder of its own, as `study new` would write it, with pictures of one colour. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng } from "../../src/image/png.ts";
import { codesCsv, newCodes } from "../../src/study/codes.ts";
import type { Study, StudyQuestion } from "../../src/study/study.ts";

export interface SmallStudy {
  readonly folder: string;
  readonly study: Study;
  readonly codes: readonly string[];
  readonly token: string;
}

/** A disc and stripes: enough to see a picture move and grow. */
async function picture(hue: number, size = 240): Promise<Uint8Array> {
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const inside = Math.hypot(x - size / 2, y - size / 2) < size * 0.3;
      const v = inside ? 220 - hue : 60 + ((x + y + hue) % 32) * 3;
      data.set([v, (v + hue) % 256, 255 - v], (y * size + x) * 3);
    }
  return encodePng({ width: size, height: size, channels: 3, data });
}

export const questionsOf = (count: number): readonly StudyQuestion[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `q${i + 1}`,
    picture: `q${i + 1}.png`,
    width: 240,
    height: 240,
    sides: ["disc", "ring"],
    prediction: (i % 2) as 0 | 1,
    probability: 0.5 + i / (4 * count),
    truth: (i % 3 === 0 ? 0 : 1) as 0 | 1,
    heatMap: i === 2 ? null : `q${i + 1}-map.png`,
    similar: [0, 1, 2].map((k) => ({
      picture: `s${k + 1}.png`,
      heatMap: `q${i + 1}-${k + 1}-map.png`,
      caption: `The computer says: ${k === 0 ? "<b>ring</b>" : "disc"}`,
    })),
  }));

export async function smallStudy({
  questions = 3,
  participants = 3,
  changes = {},
}: {
  readonly questions?: number;
  readonly participants?: number;
  readonly changes?: Partial<Study>;
} = {}): Promise<SmallStudy> {
  const folder = mkdtempSync(join(tmpdir(), "onnxplain-study-"));
  const study: Study = {
    schema_version: 1,
    title: "What is it?",
    tutorial: "A computer has learnt to tell discs from rings.\n\nSay what is right.",
    consent: "You are asked to take part.\n\nYou may stop at any time.",
    stated_accuracy: 0.8,
    actual_accuracy: 0.97,
    seed: 7,
    questions: questionsOf(questions),
    source: {},
    ...changes,
  };
  const codes = newCodes(participants);
  const token = "0123456789abcdef".repeat(4);
  mkdirSync(join(folder, "pictures"));
  const names = new Set(
    study.questions.flatMap((q) => [q.picture, q.heatMap, ...q.similar.flatMap((s) => [s.picture, s.heatMap])]),
  );
  for (const [i, name] of [...names].entries())
    if (name) writeFileSync(join(folder, "pictures", name), await picture((23 * (i + 1)) % 200));
  writeFileSync(join(folder, "study.json"), JSON.stringify(study));
  writeFileSync(join(folder, "codes.csv"), codesCsv(codes));
  writeFileSync(join(folder, "admin-token.txt"), `${token}\n`);
  return { folder, study, codes, token };
}

/** A built app without pages, for tests of the routes alone. */
export function bareApp(): string {
  const folder = mkdtempSync(join(tmpdir(), "onnxplain-app-"));
  mkdirSync(join(folder, "study"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "study", "index.html"), "<!doctype html><title>Study</title>");
  writeFileSync(join(folder, "study", "admin.html"), "<!doctype html><title>Administrator</title>");
  writeFileSync(join(folder, "assets", "a-B1x9Zq0a.js"), "export {};");
  return folder;
}
