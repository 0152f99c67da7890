/** @file A part of the app that is fetched when it is asked for. */
export const late = "late";
