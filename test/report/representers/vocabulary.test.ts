/** @file Vocabularies of every form, and texts from ids: unknown words, padding at either end. */
import { describe, expect, it } from "vitest";
import { readVocabulary, wordsOf } from "../../../src/report/representers/vocabulary.ts";

describe("a vocabulary", () => {
  it.each([
    ["an object from words to ids", '{"<pad>": 0, "<unk>": 1, "good": 2, "bad": 5}'],
    ["a list", '["<pad>", "<unk>", "good", "x", "y", "bad"]'],
    ["one word a line", "<pad>\n<unk>\ngood\nx\ny\nbad\n"],
    ["lines of Windows, with a byte order mark", "\uFEFF<pad>\r\n<unk>\r\ngood\r\nx\r\ny\r\nbad"],
  ])("is read from %s", (_, text) => {
    const vocabulary = readVocabulary(text);
    expect([0, 1, 2, 5].map((id) => vocabulary.words.get(id))).toEqual(["<pad>", "<unk>", "good", "bad"]);
    expect(vocabulary.padding).toBe(0);
  });
  it("keeps ids of lines below an empty one, and lines that begin like JSON", () => {
    const { words } = readVocabulary("{\n\n[\n[PAD]\n");
    expect([...words]).toEqual([
      [0, "{"],
      [2, "["],
      [3, "[PAD]"],
    ]);
  });
  it.each([
    ["broken JSON", '{"a": 1', "Cannot read the vocabulary `words.json`"],
    ["an id that is none", '{"a": 1.5}', "`a` has the id 1.5"],
    ["a negative id", '{"a": -1}', "`a` has the id -1"],
    ["two words of one id", '{"a": 1, "b": 1}', "id 1 stands for both `a` and `b`"],
    ["a number in a list", '["a", 3]', "holds 3"],
    ["nothing", "", "it holds no word"],
  ])("with %s is refused", (_, text, why) => {
    expect(() => readVocabulary(text, "words.json")).toThrow(why);
  });
});

describe("words of ids", () => {
  const vocabulary = readVocabulary('{"<pad>": 0, "<unk>": 1, "good": 2, "film": 3}');
  const spelled = (ids: ArrayLike<number | bigint>, options = {}): string =>
    wordsOf(ids, vocabulary, options)
      .map((w) => (w.unknown ? `(${w.text})` : w.text))
      .join(" ");

  it("mark what the vocabulary does not hold, and what it calls unknown", () => {
    expect(spelled([2, 3, 1, 99])).toBe("good film (<unk>) (#99)");
    expect(spelled(BigInt64Array.of(3n, 2n))).toBe("film good");
  });
  it("cut padding at both ends, never inside", () => {
    expect(spelled([0, 0, 2, 0, 3, 0])).toBe("good <pad> film");
    expect(spelled([0, 0])).toBe("");
    expect(spelled([2, 3, 3], { padding: 3 })).toBe("good");
    expect(spelled([0, 2], { padding: null })).toBe("<pad> good");
  });
  it("take 0 for padding where no word has it", () => {
    expect(wordsOf([0, 4, 0], readVocabulary('{"a": 4}')).map((w) => w.text)).toEqual(["a"]);
    expect(wordsOf([0, 4, 0], readVocabulary('{"the": 0, "a": 4}')).map((w) => w.text)).toEqual(["the", "a", "the"]);
  });
});
