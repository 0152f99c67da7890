/** @file What participants read where the study's maker wrote nothing of their own. */

export const DEFAULT_TITLE = "What does the picture show?";

export const DEFAULT_CONSENT = `You are asked to take part in a study on whether explanations of a computer's answers help people to judge them.

It takes about an hour. You will be shown pictures twice, in two parts, and asked each time which of two answers you hold to be right. There is nothing to prepare, and it is the explanations that are tested, not you.

What is kept: your answers, how long each took, and which explanations you opened, under the code you were given. Your name, your address and your device are not recorded.

Taking part is voluntary. You may stop at any time by closing the page, without giving a reason and without disadvantage, and go on later with the same code. If you want your answers deleted, tell the person who gave you the code. Some of what you are told during the study may be simplified; everything is explained to you at the end.`;

/** Of maps that are 0 or more, and of maps with both signs. */
const HEAT = {
  plain: "The heat map lays colours over the picture: bright where the computer found what decided its answer.",
  signed:
    "The heat map lays colours over the picture: red where something spoke for the computer's answer, blue where something spoke against it.",
} as const;

/** The paper gave participants ten minutes with a written tutorial. */
export function defaultTutorial({
  heatMaps,
  similar,
}: {
  /** Undefined where there are none. */
  readonly heatMaps: keyof typeof HEAT | undefined;
  readonly similar: boolean;
}): string {
  const help = [
    ...(similar
      ? [
          "The similar pictures are others that the computer decides by the same rule. Compare: what do they have in common, and does your picture have it too?",
        ]
      : []),
    ...(heatMaps ? [HEAT[heatMaps]] : []),
    "Any picture can be enlarged.",
  ];
  return [
    "A computer has learnt to tell pictures apart. It is often right and sometimes wrong. Your task is to say what is right.",
    "Each question shows one picture, two possible answers, and the one that the computer gives. Choose where you stand: definitely the one, maybe the one, not sure, maybe the other, definitely the other. A definite answer counts double, for you when it is right and against you when it is wrong; not sure counts nothing.",
    "In the first part you see the picture and the computer's answer. In the second part the same pictures come again in another order, and you may ask for explanations of the computer's answer, as many or as few as you like.",
    ...help,
    "A convincing explanation does not mean that the answer is right: look whether it points at something that should decide.",
  ].join("\n\n");
}
