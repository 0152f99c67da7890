/** @file What a stranger may say to the study's server: JSON of known fields, in known ranges. */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { ACTIONS, LEVELS, PARTS } from "../study/study.ts";

type Test = (v: unknown) => boolean;
interface Field {
  readonly what: string;
  readonly test: Test;
}

const oneOf = (values: readonly unknown[]): Field => ({ what: values.join(", "), test: (v) => values.includes(v) });
/** Nobody leaves a page open for longer and means it. */
const LONGEST = 30 * 24 * 3600 * 1000;
const DURATION: Field = {
  what: "whole milliseconds from 0 to 30 days",
  test: (v) => Number.isSafeInteger(v) && (v as number) >= 0 && (v as number) <= LONGEST,
};
const ID: Field = {
  what: "16 to 64 letters, digits, `-` or `_`",
  test: (v) => typeof v === "string" && /^[\w-]{16,64}$/.test(v),
};
const QUESTION: Field = {
  what: "the id of a question",
  test: (v) => typeof v === "string" && /^[A-Za-z0-9-]{1,64}$/.test(v),
};
const short: Field = { what: "text of at most 256 characters", test: (v) => typeof v === "string" && v.length <= 256 };

export const MESSAGES = {
  nothing: {},
  code: { code: short },
  token: { token: short },
  answer: { id: ID, part: oneOf(PARTS), question: QUESTION, level: oneOf(LEVELS), took_ms: DURATION },
  action: { id: ID, question: QUESTION, action: oneOf(ACTIONS), after_ms: DURATION },
  codes: {
    count: {
      what: "a whole number from 1 to 1000",
      test: (v) => Number.isInteger(v) && Number(v) >= 1 && Number(v) <= 1000,
    },
  },
  close: { closed: { what: "true or false", test: (v) => typeof v === "boolean" } },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Field>>>>;

/** The body as a message of that kind, without fields that it does not have; throws 415 or 400 with words. */
export async function messageOf<Message extends object>(c: Context, kind: keyof typeof MESSAGES): Promise<Message> {
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/json(?:;|$)/i.test(type.trim()))
    throw new HTTPException(415, { message: "Expected a body of the type application/json." });
  const body = await c.req.text();
  const fields: Readonly<Record<string, Field>> = MESSAGES[kind];
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    throw new HTTPException(400, { message: "The body is not JSON." });
  }
  if (typeof said !== "object" || said === null || Array.isArray(said))
    throw new HTTPException(400, { message: "Expected the body to be a JSON object." });
  const entries = Object.entries(fields).map(([name, { what, test }]) => {
    const value = Object.hasOwn(said as object, name) ? (said as Readonly<Record<string, unknown>>)[name] : undefined;
    if (!test(value)) throw new HTTPException(400, { message: `Expected \`${name}\` to be ${what}.` });
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as Message;
}
