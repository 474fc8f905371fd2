// The operations a client of the fault tests needs, in-process or over HTTP.

/** A call by the name of its operation. */
export type Call = (operation: string, input: Record<string, unknown>) => Promise<unknown>;

/** The server said no: normal life, the code tells why. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 0) {
    super(`${code}: ${message}`);
    this.code = code;
    this.status = status;
  }
}

/** Nobody answered: the call may have been done or not. */
export class Gone extends Error {}

const paths: Readonly<Record<string, readonly [method: string, path: string]>> = {
  "tasks.create": ["POST", "/tasks"],
  "tasks.list": ["GET", "/tasks"],
  "tasks.get": ["GET", "/tasks/{id}"],
  "tasks.pause": ["POST", "/tasks/{id}/pause"],
  "tasks.resume": ["POST", "/tasks/{id}/resume"],
  "tasks.cancel": ["POST", "/tasks/{id}/cancel"],
  "tasks.trigger": ["POST", "/tasks/{id}/trigger"],
  "tasks.occurrences": ["GET", "/tasks/{id}/occurrences"],
  "runs.get": ["GET", "/runs/{id}"],
  "runs.cancel": ["POST", "/runs/{id}/cancel"],
  "stats.get": ["GET", "/stats"],
};

/** Calls over real sockets. */
export function overHttp(url: string): Call {
  return async (operation, input) => {
    const [method, path] = paths[operation] ?? [];
    if (method === undefined || path === undefined)
      throw new Error(`the fault tests do not know ${operation}`);
    const { id, ...rest } = input;
    const target = new URL(`${url}/api/v1${path.replace("{id}", String(id))}`);
    if (method === "GET")
      for (const [name, value] of Object.entries(rest)) target.searchParams.set(name, String(value));
    let answer: Response;
    let body: unknown;
    try {
      answer = await fetch(target, {
        method,
        ...(method === "GET"
          ? {}
          : { body: JSON.stringify(rest), headers: { "content-type": "application/json" } }),
      });
      body = answer.status === 204 ? undefined : await answer.json();
    } catch (error) {
      throw new Gone(`no answer to ${operation}`, { cause: error });
    }
    if (answer.status >= 400) throw new Refused(text(body, "code"), text(body, "detail"), answer.status);
    return body;
  };
}

/** Calls within a process; what the product throws is told like an answer. */
export function inProcess(invoke: (operation: never, input: unknown) => Promise<unknown>): Call {
  return async (operation, input) => {
    try {
      return await invoke(operation as never, input); // the names are those of the catalogue
    } catch (error) {
      const code: unknown =
        typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
      if (typeof code !== "string" || code === "INTERNAL") throw error;
      throw new Refused(code, error instanceof Error ? error.message : "");
    }
  };
}

/** A text field of an answer. */
export function text(body: unknown, field: string): string {
  const value = fieldOf(body, field);
  if (typeof value !== "string") throw new Error(`${field} is missing in ${JSON.stringify(body)}`);
  return value;
}

export function fieldOf(body: unknown, field: string): unknown {
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>)[field] : undefined; // any object may be read by key
}

/** All items of a list, over its pages. */
export async function itemsOf(
  call: Call,
  operation: string,
  input: Record<string, unknown>,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for (let cursor: unknown; cursor !== null;) {
    const page = await call(operation, {
      limit: 1000,
      ...input,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const found = fieldOf(page, "items");
    if (!Array.isArray(found)) throw new Error(`${operation} gave no list: ${JSON.stringify(page)}`);
    items.push(...(found as readonly unknown[]));
    cursor = fieldOf(page, "nextCursor") ?? null;
  }
  return items;
}
