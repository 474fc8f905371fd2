// The supervisor: starts all child processes of a worker, and ends them when the worker is gone (SEM 28).

import { spawn, type ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import { encodeFrame, FrameReader, fromSupervisor, toSupervisor, type Frame } from "./frames.ts";
import { killMarked, markVariable, signalGroup } from "./process-group.ts";
import type {
  Exited,
  MuteOrder,
  Refused,
  SignalOrder,
  Signalled,
  SpawnOrder,
  Started,
} from "./supervisor-protocol.ts";

export interface SupervisorOptions {
  readonly link: Duplex;
  /** Known to no other supervisor: by it the descendants of its children are recognised. */
  readonly token: string;
  /** Called when the worker is gone and everything has been ended. */
  readonly ended: () => void;
}

/** Nothing a worker sends is known to it but as bytes: it has no idea what a run is. */
export class Supervisor {
  readonly #link: Duplex;
  readonly #token: string;
  readonly #ended: () => void;
  readonly #children = new Map<number, Supervised>();
  #isEnding = false;

  constructor({ link, token, ended }: SupervisorOptions) {
    this.#link = link;
    this.#token = token;
    this.#ended = ended;
  }

  serve(): void {
    const reader = new FrameReader((frame) => this.#take(frame));
    this.#link.on("data", (chunk: Buffer) => reader.push(chunk));
    this.#link.on("drain", () => {
      for (const child of this.#children.values()) child.flow(true);
    });
    // The other end is closed by the kernel, however the worker died.
    for (const event of ["end", "close", "error"]) this.#link.on(event, () => this.#endAll());
  }

  #take({ kind, child, payload }: Frame): void {
    if (kind === toSupervisor.spawn) {
      this.#spawn(child, JSON.parse(payload.toString()) as SpawnOrder); // written by SupervisorLink
      return;
    }
    this.#children.get(child)?.take(kind, payload);
  }

  #spawn(id: number, order: SpawnOrder): void {
    const child = new Supervised(order, `${this.#token}:${id};`, {
      send: (kind, payload) => this.#send(kind, id, payload),
      closed: () => this.#children.delete(id),
    });
    this.#children.set(id, child);
    child.start();
  }

  #send(kind: number, child: number, payload?: Uint8Array | string): void {
    if (this.#isEnding) return;
    // The worker reads slower than its children write: they have to wait.
    if (!this.#link.write(encodeFrame(kind, child, payload)))
      for (const other of this.#children.values()) other.flow(false);
  }

  #endAll(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    for (const child of this.#children.values()) child.signal("SIGKILL");
    // Also what children left behind that had ended long before.
    killMarked(`${this.#token}:`);
    this.#ended();
  }
}

interface SupervisedEvents {
  send(kind: number, payload?: Uint8Array | string): void;
  closed(): unknown;
}

const outputs = [
  ["stdout", fromSupervisor.stdout],
  ["stderr", fromSupervisor.stderr],
] as const;

class Supervised {
  readonly #order: SpawnOrder;
  readonly #mark: string;
  readonly #events: SupervisedEvents;
  readonly #muted = new Set<string>();
  #child: ChildProcess | undefined;
  /** What the child writes on file descriptor 3, and where it reads on 4. */
  #control: Duplex | undefined;
  #answers: Duplex | undefined;
  /** Its number may be another process's from then on. */
  #hasExited = false;

  constructor(order: SpawnOrder, mark: string, events: SupervisedEvents) {
    this.#order = order;
    this.#mark = mark;
    this.#events = events;
  }

  start(): void {
    const { program, args, env, cwd } = this.#order;
    let child: ChildProcess;
    try {
      // Detached: a session and group of its own, whose number is the child's pid.
      child = spawn(program, args, {
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...env, [markVariable]: `${process.env[markVariable] ?? ""}/${this.#mark}` },
        // 3 and 4 are two pipes: a write that fails because the child has ended destroys its stream, and would take with
        // it what the child said last if both went over one.
        stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
        detached: true,
        windowsHide: true,
      });
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#child = child;
    child.once("error", (error) => {
      if (child.pid === undefined) this.#refuse(error);
    });
    if (child.pid === undefined) return;
    this.#events.send(fromSupervisor.started, JSON.stringify({ pid: child.pid } satisfies Started));
    this.#connect(child);
  }

  take(kind: number, payload: Buffer): void {
    switch (kind) {
      case toSupervisor.input:
        this.#child?.stdin?.write(payload);
        break;
      case toSupervisor.endInput:
        this.#child?.stdin?.end();
        break;
      case toSupervisor.control:
        if (this.#answers?.writable) this.#answers.write(payload);
        break;
      case toSupervisor.signal: {
        const { signal } = JSON.parse(payload.toString()) as SignalOrder; // written by SupervisorLink
        this.#events.send(
          fromSupervisor.signalled,
          JSON.stringify({ isDone: this.signal(signal) } satisfies Signalled),
        );
        break;
      }
      case toSupervisor.mute:
        this.#mute((JSON.parse(payload.toString()) as MuteOrder).stream); // written by SupervisorLink
        break;
      case toSupervisor.abandon:
        for (const stream of this.#child?.stdio ?? []) stream?.destroy();
        break;
    }
  }

  signal(signal: SignalOrder["signal"]): boolean {
    const pid = this.#child?.pid;
    const isDone = pid !== undefined && !this.#hasExited && signalGroup(pid, signal);
    if (signal === "SIGKILL") killMarked(this.#mark);
    return isDone;
  }

  flow(isFlowing: boolean): void {
    for (const stream of [this.#child?.stdout, this.#child?.stderr, this.#control]) {
      if (isFlowing) stream?.resume();
      else stream?.pause();
    }
  }

  #connect(child: ChildProcess): void {
    child.stdin?.on("error", () => undefined); // a program need not read what it is given
    for (const [name, kind] of outputs) {
      child[name]?.on("data", (chunk: Buffer) => {
        if (!this.#muted.has(name)) this.#events.send(kind, chunk);
      });
    }
    // Pipes both ways, by the stdio option above, each used in one.
    const [, , , control, answers] = child.stdio as readonly (Duplex | null | undefined)[];
    control?.on("error", () => undefined);
    control?.on("data", (chunk: Buffer) => this.#events.send(fromSupervisor.control, chunk));
    answers?.on("error", () => undefined);
    answers?.resume(); // to meet its end
    this.#control = control ?? undefined;
    this.#answers = answers ?? undefined;
    child.once("exit", (code, signal) => {
      this.#hasExited = true;
      // What it leaves in its group ends with it, and so lets go of its pipes.
      if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
      this.#events.send(fromSupervisor.exited, JSON.stringify({ code, signal } satisfies Exited));
    });
    child.once("close", () => {
      this.#events.send(fromSupervisor.closed);
      this.#events.closed();
    });
  }

  /** Goes on reading, so that the program is not held up, and forgets what it reads. */
  #mute(stream: MuteOrder["stream"]): void {
    this.#muted.add(stream);
  }

  #refuse(error: unknown): void {
    const code =
      error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
    const message = error instanceof Error ? error.message : String(error);
    this.#events.send(fromSupervisor.refused, JSON.stringify({ code, message } satisfies Refused));
    this.#events.closed();
  }
}
