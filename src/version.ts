/** @file The version that goes into every result; a test holds it against package.json. */
export const VERSION = "0.1.0";
