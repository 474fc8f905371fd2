// Starts the real command line as a process, in a folder of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A folder in which commands run, with the servers started there; disposing ends all of it. */
export class Workplace implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "rota-cli-"));
  readonly #servers: ServeProcess[] = [];

  /** Runs one command to its end. */
  async rota(...args: string[]): Promise<Ended> {
    return new ServeProcess(this.folder, args).ended;
  }

  /** Runs one command that must succeed, and parses what `--json` prints. */
  async json(...args: string[]): Promise<Record<string, unknown>> {
    const { code, out, err } = await this.rota(...args, "--json");
    if (code !== 0) throw new Error(`rota ${args.join(" ")} ended with ${String(code)}: ${err}`);
    return JSON.parse(out) as Record<string, unknown>; // assertions on it fail if it is no object
  }

  /** Starts `rota serve` on a free port and waits for its URL. */
  async serve(...args: string[]): Promise<ServeProcess & { readonly url: string }> {
    const server = new ServeProcess(this.folder, ["serve", "--port", "0", ...args]);
    this.#servers.push(server);
    const url = await server.firstLine;
    return Object.assign(server, { url });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) server.kill("SIGKILL");
    await Promise.all(this.#servers.map((server) => server.ended));
    rmSync(this.folder, { recursive: true });
  }
}

export class ServeProcess {
  readonly ended: Promise<Ended>;
  /** Fails when the process ends before it has written one. */
  readonly firstLine: Promise<string>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #out = "";
  #err = "";
  #isOver = false;

  constructor(cwd: string, args: readonly string[]) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.#child = spawn(process.execPath, [entry, ...args], {
      cwd,
      env: { PATH, HOME, TMPDIR, LANG: "C" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout
      ?.setEncoding("utf8")
      .on("data", (text: string) => this.#heard(() => (this.#out += text)));
    this.#child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => this.#heard(() => (this.#err += text)));
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        this.#heard(() => (this.#isOver = true));
        resolve({ code, signal, out: this.#out, err: this.#err });
      });
    });
    this.firstLine = this.#until(() => /^(.*)\n/.exec(this.#out)?.[1]);
    this.firstLine.catch(() => undefined);
  }

  /** Waits until standard error has this text. */
  async says(text: string): Promise<void> {
    await this.#until(() => (this.#err.includes(text) ? true : undefined));
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #heard(change: () => void): void {
    change();
    for (const watch of this.#watchers) watch();
  }

  #until<Value>(look: () => Value | undefined): Promise<Value> {
    return new Promise((resolve, reject) => {
      const watch = (): void => {
        const value = look();
        if (value === undefined && !this.#isOver) return;
        this.#watchers.delete(watch);
        if (value === undefined) reject(new Error(`the process ended: ${this.#out}${this.#err}`));
        else resolve(value);
      };
      this.#watchers.add(watch);
      watch();
    });
  }
}

/** A web server whose answers the test gives, or that answers at once. */
export class Target implements AsyncDisposable {
  readonly #server: Server;
  readonly #arrived: ServerResponse[] = [];
  readonly #waiting: ((response: ServerResponse) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      request.resume();
      if (request.url === "/now") return void response.end("{}");
      const waiting = this.#waiting.shift();
      if (waiting) waiting(response);
      else this.#arrived.push(response);
    });
  }

  static async start(): Promise<Target> {
    const server = createServer();
    const target = new Target(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return target;
  }

  /** `now` answers at once; `held` is answered by the test. */
  url(path: "now" | "held"): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}/${path}`;
  }

  /** The next request to `held`. */
  async request(): Promise<{ readonly answer: () => void }> {
    const response =
      this.#arrived.shift() ?? (await new Promise<ServerResponse>((resolve) => this.#waiting.push(resolve)));
    return { answer: () => void response.end("{}") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
