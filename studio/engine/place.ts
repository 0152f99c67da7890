/** @file Where the app's own files are: the worker's script lies in `assets/` of its folder. */

export const APP: URL = new URL(import.meta.env.DEV ? "/" : "../", self.location.href);
