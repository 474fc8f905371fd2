// Real processes of the fault tests: started, listened to, told, killed, and never left behind.

import { spawn, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The command `rota`: of this checkout, or of another build that ROTA_FAULT_BIN names. */
const rotaBin = process.env["ROTA_FAULT_BIN"] ?? fileURLToPath(new URL("../../bin/rota.js", import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of Node itself, for example a shell that sets a limit first; gets Node's command line as its last words. */
  readonly under?: readonly [string, ...string[]];
}

export class Child implements AsyncDisposable {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #out = "";
  #err = "";
  #exit: Exit | undefined;

  private constructor(args: readonly string[], { env = {}, under }: ChildOptions) {
    const [command, ...words] = [...(under ?? []), process.execPath, ...args];
    this.#child = spawn(command ?? process.execPath, words, {
      // Processes start in a third of the time when the code they load was compiled before.
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        NODE_COMPILE_CACHE: join(tmpdir(), "rota-fault-compiled"),
        ...env,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdout
      ?.setEncoding("utf8")
      .on("data", (text: string) => this.#heard(() => (this.#out += text)));
    this.#child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => this.#heard(() => (this.#err += text)));
    this.#child.stdin?.on("error", () => undefined);
    this.exited = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        const exit = { code, signal, out: this.#out, err: this.#err };
        this.#heard(() => (this.#exit = exit));
        resolve(exit);
      });
    });
  }

  /** `rota serve` as a user starts it, on a free port; resolves with its URL. */
  static async serve(
    args: readonly string[],
    options: ChildOptions = {},
  ): Promise<{ readonly child: Child; readonly url: string }> {
    const child = Child.rota(["serve", "--port", "0", ...args], options);
    return { child, url: await child.line(/^(http:\/\/\S+)/m) };
  }

  static rota(args: readonly string[], options: ChildOptions = {}): Child {
    return new Child([rotaBin, ...args], {
      ...options,
      env: { ROTA_LOG_LEVEL: "error", LANG: "C", ...options.env },
    });
  }

  /** A program of this folder, given its options as JSON. */
  static program(name: string, options: object, childOptions: ChildOptions = {}): Child {
    return new Child(
      [fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url)), JSON.stringify(options)],
      childOptions,
    );
  }

  /** Waits for standard output to match, and gives the first group. */
  async line(pattern: RegExp): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (): void => {
      const found = pattern.exec(this.#out);
      if (found) resolve(found[1] ?? found[0]);
      else if (this.#exit)
        reject(
          new Error(
            `process ${this.pid} ended (${String(this.#exit.signal ?? this.#exit.code)}) before ${String(pattern)}:\n${this.#out}${this.#err}`,
          ),
        );
    };
    const timeout = setTimeout(
      () =>
        reject(
          new Error(
            `process ${this.pid} did not say ${String(pattern)} within 60 s:\n${this.#out}${this.#err}`,
          ),
        ),
      60_000,
    );
    this.#watchers.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timeout);
      this.#watchers.delete(look);
    }
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it without warning, and waits until the system says it is gone. */
  async killHard(): Promise<Exit> {
    this.#child.kill("SIGKILL");
    return this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGCONT");
    await this.killHard();
  }

  #heard(change: () => void): void {
    change();
    for (const watch of this.#watchers) watch();
  }
}
