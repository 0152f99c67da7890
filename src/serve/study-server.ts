/** @file The server of a study: participants by code, each their own course; the administrator by token. */
import { createHash } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hono } from "hono";
import { OnnxplainError } from "../errors.ts";
import { codesIn, newToken } from "../study/codes.ts";
import { studyIn } from "../study/read.ts";
import type { Study } from "../study/study.ts";
import { files, listen, site } from "./site.ts";
import { appFolder } from "./studio-files.ts";
import { adminRoutes } from "./study-admin.ts";
import type { ServeStudy } from "./study-options.ts";
import { participantRoutes } from "./study-participant.ts";
import { openStudyStore, type StudyStore } from "./study-store.ts";

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const MAX_BODY = 2 ** 14;
const PORT = 8090;

export const serveStudy: ServeStudy = async (
  folder,
  { port = PORT, host = "127.0.0.1", names = [], app: built, onFault } = {},
) => {
  const study = await studyOf(folder);
  const pages = await pagesOf(built);
  const token = await tokenOf(folder);
  const store = await openStudyStore(folder);
  try {
    settle(store, study, folder);
    store.addCodes(await codesOf(folder), Date.now());
    const app = site({ csp: CSP, maxBody: MAX_BODY, hosts: [...names, ...(ANY.has(host) ? [] : [host])], onFault });
    participantRoutes(app, { study, store, pictures: join(folder, "pictures") });
    adminRoutes(app, { study, store, token });
    pageRoutes(app, pages);
    const listening = await listen(app, { host, port });
    let closed: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await listening.close();
      store[Symbol.dispose]();
    };
    return {
      ...listening,
      adminUrl: `${listening.url}admin`,
      codes: store.lines().length,
      close: () => {
        closed ??= close();
        return closed;
      },
    };
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
};

/** Addresses that stand for all of this machine's. */
const ANY: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

async function studyOf(folder: string): Promise<Study> {
  const file = join(folder, "study.json");
  try {
    return studyIn(await readFile(file, "utf8"), file);
  } catch (cause) {
    if (cause instanceof OnnxplainError) throw cause;
    throw new OnnxplainError(
      "E_FILE",
      `Cannot read \`${file}\` (${(cause as NodeJS.ErrnoException).code}). \`onnxplain study new\` makes the folder of a study.`,
      { file, cause },
    );
  }
}

/** Codes of `codes.csv`; those that the administrator adds are in the records. */
async function codesOf(folder: string): Promise<readonly string[]> {
  try {
    return codesIn(await readFile(join(folder, "codes.csv"), "utf8"));
  } catch {
    return [];
  }
}

const TOKEN = "admin-token.txt";

/** The administrator's token; made, for the folder's owner alone, where there is none. */
async function tokenOf(folder: string): Promise<string> {
  const file = join(folder, TOKEN);
  try {
    const found = (await readFile(file, "utf8")).trim();
    if (found.length >= 16) return found;
    throw new OnnxplainError(
      "E_FILE",
      `The token in \`${file}\` has ${found.length} characters, which could be guessed. Delete the file, and another is made.`,
      { file },
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const token = newToken();
  await writeFile(file, `${token}\n`, { flag: "wx", mode: 0o600 });
  await chmod(file, 0o600);
  return token;
}

/** Records of other questions, or of questions with other answers, are not these records. */
function settle(store: StudyStore, { questions, seed, actual_accuracy }: Study, folder: string): void {
  const asked = questions.map(({ id, picture, sides, prediction, truth }) => ({
    id,
    picture,
    sides,
    prediction,
    truth,
  }));
  const digest = createHash("sha256").update(JSON.stringify({ asked, seed, actual_accuracy })).digest("hex");
  const before = store.setting("questions");
  if (before !== undefined && before !== digest)
    throw new OnnxplainError(
      "E_FILE",
      `The questions of \`${join(folder, "study.json")}\` are not those that its records belong to. Put the file back as it was, or begin a new study.`,
      { file: folder },
    );
  store.set("questions", digest);
}

interface Pages {
  readonly folder: string;
  readonly study: string;
  readonly admin: string;
}

async function pagesOf(built: string | undefined): Promise<Pages> {
  const folder = await appFolder(built, join("study", "index.html"));
  const page = (name: string): Promise<string> => readFile(join(folder, "study", name), "utf8");
  return { folder, study: await page("index.html"), admin: await page("admin.html") };
}

/** The pages hold no word of the study: what they show comes from the routes above. */
function pageRoutes(app: Hono, { folder, study, admin }: Pages): void {
  const at = (path: string, page: string): void => {
    app.get(path, (c) => {
      c.header("Cache-Control", "no-cache");
      return c.html(page);
    });
  };
  at("/", study);
  at("/admin", admin);
  app.get("/assets/*", files(join(folder, "assets"), { under: "/assets/", cache: "hashed" }));
  app.get("/icon.svg", files(folder, { allows: ([name]) => name === "icon.svg" }));
}
