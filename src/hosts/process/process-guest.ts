// A child process in which runs of one module are performed, one after the other.

import { fileURLToPath } from "node:url";
import type { RunError } from "../../domain/outcome.ts";
import type { Clock } from "../../ports/clock.ts";
import { readFromGuest, type FromGuest, type ToGuest } from "../channel.ts";
import type { Guest, GuestListener } from "../guest-pool.ts";
import { besideModule } from "../own-module.ts";
import { ownEnvironment, ownExecArgv } from "./child-environment.ts";
import { endOfRunMark } from "./end-of-run-mark.ts";
import { LineReader } from "./line-reader.ts";
import { StreamLog } from "./stream-log.ts";
import type { Child, SupervisorLink } from "./supervisor-link.ts";
import type { Exited, Refused } from "./supervisor-protocol.ts";

/** Longest message from the child; results are bounded to far less before they are sent. */
const maxMessageBytes = 64 * 1_048_576;
/** How long the last lines a run printed may take to arrive after its outcome. */
const tailMs = 1000;
/** Lines of stderr told when the process ends before its run; Node prints some twenty of its own when it crashes. */
const lastLines = 40;
/** How long pipes may stay open after the process has ended: something that left its group holds them. */
const drainMs = 1000;

export interface ProcessGuestOptions {
  readonly supervisor: SupervisorLink;
  readonly clock: Clock;
  readonly maxHeapMb: number | undefined;
  readonly maxLogBytes: number;
  readonly gone: () => void;
}

const streams = ["stdout", "stderr"] as const;
type Stream = (typeof streams)[number];

export class ProcessGuest implements Guest {
  listener: GuestListener | undefined;
  readonly #options: ProcessGuestOptions;
  readonly #child: Child;
  readonly #gone = Promise.withResolvers<void>();
  readonly #tail: string[] = [];
  /** Streams on which the end of the run at work has not been seen yet. */
  readonly #open = new Set<Stream>();
  #logs: Record<Stream, StreamLog>;
  #seq = 0;
  #isMuted = false;
  #held: Extract<FromGuest, { kind: "outcome" }> | undefined;
  #cancelTimer: (() => void) | undefined;
  #exit: Exited | undefined;

  constructor(options: ProcessGuestOptions) {
    this.#options = options;
    this.#logs = this.#newLogs();
    const heap = options.maxHeapMb === undefined ? [] : [`--max-old-space-size=${options.maxHeapMb}`];
    const entry = fileURLToPath(besideModule("process-main", import.meta.url));
    const messages = new LineReader({ maxBytes: maxMessageBytes, take: (line) => this.#message(line) });
    this.#child = options.supervisor.spawn(
      { program: process.execPath, args: [...ownExecArgv(), ...heap, entry], env: ownEnvironment() },
      {
        stdout: (chunk) => this.#logs.stdout.push(chunk),
        stderr: (chunk) => this.#logs.stderr.push(chunk),
        control: (chunk) => messages.push(chunk),
        exited: (exit) => this.#exited(exit),
        ended: (refused) => this.#ended(refused),
      },
    );
    this.#child.endInput();
  }

  post(message: ToGuest): void {
    if (message.kind === "run") {
      this.#seq = message.seq;
      this.#logs = this.#newLogs();
      for (const stream of streams) this.#open.add(stream);
    }
    this.#child.control(`${JSON.stringify(message)}\n`);
  }

  async kill(): Promise<void> {
    await this.#child.signal("SIGKILL");
    await this.#gone.promise;
  }

  suspend(): Promise<boolean> {
    return this.#child.signal("SIGSTOP");
  }

  continue(): Promise<boolean> {
    return this.#child.signal("SIGCONT");
  }

  hold(): void {
    // The supervisor is held by the host, for all its children together.
  }

  #message(line: string): void {
    const message = readFromGuest(parsed(line));
    if (!message) return;
    if (message.kind !== "outcome") {
      this.listener?.message(message);
      return;
    }
    this.#held = message;
    this.#cancelTimer = this.#options.clock.after(tailMs, () => this.#report({ isComplete: false }));
    this.#reportWhenComplete();
  }

  #newLogs(): Record<Stream, StreamLog> {
    const make = (stream: Stream): StreamLog =>
      new StreamLog({
        maxBytes: this.#options.maxLogBytes,
        line: (line) => this.#line(stream, line),
        full: () => this.#mute(stream),
      });
    return { stdout: make("stdout"), stderr: make("stderr") };
  }

  #line(stream: Stream, line: string): void {
    const mark = line.indexOf(endOfRunMark(this.#seq));
    const text = mark < 0 ? line : line.slice(0, mark);
    if (text !== "" || mark < 0) {
      if (stream === "stderr" && text !== "" && this.#tail.push(text) > lastLines) this.#tail.shift();
      const level = stream === "stderr" ? "warn" : "info";
      this.listener?.message({ kind: "log", seq: this.#seq, level, message: text, fields: { stream } });
    }
    if (mark >= 0) this.#streamEnded(stream);
  }

  /** Nothing more is read of this stream: the end of a run would never be seen, so no other run may follow here. */
  #mute(stream: Stream): void {
    this.#isMuted = true;
    this.#child.mute(stream);
    this.#streamEnded(stream);
  }

  #streamEnded(stream: Stream): void {
    this.#open.delete(stream);
    this.#reportWhenComplete();
  }

  #reportWhenComplete(): void {
    if (this.#held && this.#open.size === 0) this.#report({ isComplete: true });
  }

  #report({ isComplete }: { readonly isComplete: boolean }): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    this.#cancelTimer?.();
    this.#tail.length = 0;
    this.listener?.message({ ...held, isClean: held.isClean && isComplete && !this.#isMuted });
  }

  #exited(exit: Exited): void {
    this.#exit = exit;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(drainMs, () => this.#child.abandon());
  }

  #ended(refused: Refused | undefined): void {
    for (const stream of streams) this.#logs[stream].end();
    this.#cancelTimer?.();
    this.#report({ isComplete: false });
    this.#options.gone();
    this.listener?.gone(endedEarly(this.#exit, refused, this.#tail));
    this.#gone.resolve();
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function endedEarly(
  exit: Exited | undefined,
  refused: Refused | undefined,
  tail: readonly string[],
): RunError {
  const how =
    refused !== undefined
      ? `could not go on: ${refused.message}`
      : exit?.signal
        ? `was ended by ${exit.signal}`
        : `ended with code ${exit?.code ?? "unknown"}`;
  return {
    code: "EXECUTION_FAILED",
    message: `the process ${how} before the run did`,
    retryable: true,
    details: { exitCode: exit?.code ?? null, signal: exit?.signal ?? null, stderr: [...tail] },
  };
}
