/** @file HTML as values: whatever is put into a template is escaped, unless it is markup already. */

/** A piece of HTML that is safe to put into another. */
export interface Markup {
  readonly markup: string;
}
export type Content = string | number | Markup | undefined | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an element or a quoted attribute. Control characters that HTML forbids become U+FFFD. */
export const escapeHtml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be replaced
  text.replaceAll(/[&<>"']/g, (c) => ESCAPES[c] as string).replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "\ufffd");

const written = (content: Content): string =>
  content === undefined
    ? ""
    : typeof content === "object"
      ? "markup" in content
        ? content.markup
        : content.map(written).join("")
      : escapeHtml(String(content));

/** `html\`<p>${text}</p>\``: literal parts are markup, values are escaped; attributes must stand in double quotes. */
export const html = (literals: TemplateStringsArray, ...values: readonly Content[]): Markup => ({
  markup: literals.map((literal, i) => literal + written(values[i])).join(""),
});

/** Markup of our own making: constants, base64. */
export const trusted = (markup: string): Markup => ({ markup });
