// A program at work under the supervisor, as the command executor uses it.

import type { Clock } from "../../ports/clock.ts";
import type { GroupSignal, ProgramEnd, ProgramSpec, RunningProgram } from "../../ports/processes.ts";
import { ownEnvironment } from "./child-environment.ts";
import { LineReader } from "./line-reader.ts";
import { StreamLog } from "./stream-log.ts";
import type { Child, SupervisorLink } from "./supervisor-link.ts";
import type { Exited, Refused } from "./supervisor-protocol.ts";

/** Longest line of file descriptor 3: a step's result with every character escaped. */
const maxControlLineBytes = 8 * 1_048_576;
/** Between SIGTERM and SIGKILL when the program's own timeout has passed. */
const timeoutGraceMs = 5000;
/** How long pipes may stay open after the program has ended: something that left its group holds them. */
const drainMs = 1000;

export class Program implements RunningProgram {
  readonly ended: Promise<ProgramEnd>;
  readonly #spec: ProgramSpec;
  readonly #clock: Clock;
  readonly #child: Child;
  readonly #timers: (() => void)[] = [];
  readonly #stdout: Buffer[] = [];
  #stdoutBytes = 0;
  #isStdoutCut = false;
  #hasTimedOut = false;
  #exit: Exited | undefined;

  constructor(spec: ProgramSpec, supervisor: SupervisorLink, clock: Clock) {
    this.#spec = spec;
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
    this.ended = promise;
    const { program, args, env, cwd } = spec;
    const log = new StreamLog({
      maxBytes: spec.maxStderrBytes,
      line: spec.stderrLine,
      full: () => this.#child.mute("stderr"),
    });
    const control = new LineReader({ maxBytes: maxControlLineBytes, take: spec.controlLine });
    const order = {
      program,
      args,
      env: { ...ownEnvironment(), ...env },
      ...(cwd === undefined ? {} : { cwd }),
    };
    this.#child = supervisor.spawn(order, {
      stdout: (chunk) => this.#keep(chunk),
      stderr: (chunk) => log.push(chunk),
      control: (chunk) => control.push(chunk),
      exited: (exit) => this.#exited(exit),
      ended: (refused) => {
        log.end();
        control.end();
        for (const cancel of this.#timers) cancel();
        resolve(this.#end(refused));
      },
    });
    this.#child.write(spec.input);
    this.#child.endInput();
    this.#armTimeout(spec.timeoutMs);
  }

  tell(line: string): void {
    this.#child.control(`${line}\n`);
  }

  signal(signal: GroupSignal): Promise<boolean> {
    return this.#child.signal(signal);
  }

  #keep(chunk: Buffer): void {
    if (this.#isStdoutCut) return;
    const room = this.#spec.maxStdoutBytes - this.#stdoutBytes;
    if (chunk.length > room) {
      this.#isStdoutCut = true;
      this.#child.mute("stdout");
    }
    const kept = chunk.subarray(0, room);
    this.#stdout.push(kept);
    this.#stdoutBytes += kept.length;
  }

  #exited(exit: Exited): void {
    this.#exit = exit;
    this.#timers.push(this.#clock.after(drainMs, () => this.#child.abandon()));
  }

  #armTimeout(timeoutMs: number | undefined): void {
    if (timeoutMs === undefined) return;
    const force = (): void => void this.signal("SIGKILL");
    const stop = (): void => {
      this.#hasTimedOut = true;
      void this.signal("SIGTERM");
      this.#timers.push(this.#clock.after(timeoutGraceMs, force));
    };
    this.#timers.push(this.#clock.after(timeoutMs, stop));
  }

  #end(refused: Refused | undefined): ProgramEnd {
    const { code = null, signal = null } = this.#exit ?? {};
    return {
      ...(code === null ? {} : { exitCode: code }),
      ...(signal === null ? {} : { signal }),
      stdout: Buffer.concat(this.#stdout),
      isStdoutCut: this.#isStdoutCut,
      hasTimedOut: this.#hasTimedOut,
      ...(refused === undefined ? {} : { refused }),
    };
  }
}
