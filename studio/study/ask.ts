/** @file Asking the study's server: JSON both ways, and no answer is an answer too. */

export interface Reply<Body> {
  /** 0 when none came. */
  readonly status: number;
  readonly body: Body | undefined;
}

const PATIENCE = 20_000;

export async function ask<Body>(path: string, said?: object): Promise<Reply<Body>> {
  try {
    const answer = await fetch(path, {
      method: said === undefined ? "GET" : "POST",
      headers: { accept: "application/json", ...(said && { "content-type": "application/json" }) },
      body: said === undefined ? null : JSON.stringify(said),
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { status: answer.status, body: (await answer.json()) as Body };
  } catch {
    return { status: 0, body: undefined };
  }
}
