// The worker's end of its supervisor: starts it when it is needed, and speaks to its children by number.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { GroupSignal } from "../../ports/processes.ts";
import { besideModule } from "../own-module.ts";
import { encodeFrame, FrameReader, fromSupervisor, toSupervisor, type Frame } from "./frames.ts";
import { ownExecArgv } from "./child-environment.ts";
import { signalGroup } from "./process-group.ts";
import type {
  Exited,
  MuteOrder,
  Refused,
  Signalled,
  SignalOrder,
  SpawnOrder,
  Started,
} from "./supervisor-protocol.ts";

/** What a child's owner hears; after `ended` nothing more. */
export interface ChildListener {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  control(chunk: Buffer): void;
  /** The program itself has ended; what it wrote may still be on its way. */
  exited(exit: Exited): void;
  /** Nothing more can come. `refused` says why it was never started. */
  ended(refused?: Refused): void;
}

export interface Child {
  write(text: string): void;
  endInput(): void;
  control(text: string): void;
  signal(signal: GroupSignal): Promise<boolean>;
  mute(stream: MuteOrder["stream"]): void;
  /** Lets go of pipes which something else still holds open. */
  abandon(): void;
}

interface Connection {
  readonly process: ChildProcess;
  readonly link: Duplex;
}

interface Member {
  readonly listener: ChildListener;
  readonly signals: ((isDone: boolean) => void)[];
  pid: number | undefined;
}

export class SupervisorLink {
  readonly #members = new Map<number, Member>();
  #connection: Connection | undefined;
  #children = 0;

  /** The supervisor's pid, while there is one. */
  get pid(): number | undefined {
    return this.#connection?.process.pid;
  }

  spawn(order: SpawnOrder, listener: ChildListener): Child {
    const id = ++this.#children;
    this.#members.set(id, { listener, signals: [], pid: undefined });
    const send = (kind: number, payload?: string): void => this.#send(kind, id, payload);
    this.#connect();
    send(toSupervisor.spawn, JSON.stringify(order));
    return {
      write: (text) => send(toSupervisor.input, text),
      endInput: () => send(toSupervisor.endInput),
      control: (text) => send(toSupervisor.control, text),
      signal: (signal) => this.#signal(id, signal),
      mute: (stream) => send(toSupervisor.mute, JSON.stringify({ stream } satisfies MuteOrder)),
      abandon: () => send(toSupervisor.abandon),
    };
  }

  /** Whether the supervisor keeps our process alive; not so between runs. */
  hold(isHeld: boolean): void {
    // The pipe is a socket, which the type of a stream does not tell.
    const link = this.#connection?.link as (Duplex & { ref(): void; unref(): void }) | undefined;
    if (isHeld) {
      this.#connection?.process.ref();
      link?.ref();
    } else {
      this.#connection?.process.unref();
      link?.unref();
    }
  }

  /** Ends the supervisor, and so all children. */
  async close(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    this.hold(true);
    const exit = once(connection.process, "exit");
    connection.link.end();
    if (connection.process.exitCode === null && connection.process.signalCode === null) await exit;
  }

  #connect(): void {
    if (this.#connection) return;
    const entry = fileURLToPath(besideModule("supervisor-main", import.meta.url));
    const supervisor = spawn(process.execPath, [...ownExecArgv(), entry], {
      stdio: ["ignore", "ignore", "inherit", "pipe"],
      detached: true, // Ctrl-C goes to the group of the worker, which may want to finish what is at work
      windowsHide: true,
    });
    const link = supervisor.stdio[3] as Duplex; // a pipe both ways, by the option above
    const connection = { process: supervisor, link };
    const reader = new FrameReader((frame) => this.#take(frame));
    link.on("data", (chunk: Buffer) => reader.push(chunk));
    link.on("error", () => undefined); // `close` follows
    link.once("close", () => this.#lost(connection));
    supervisor.once("error", () => this.#lost(connection));
    this.#connection = connection;
  }

  #send(kind: number, child: number, payload?: string): void {
    if (this.#members.has(child) && this.#connection?.link.writable) {
      this.#connection.link.write(encodeFrame(kind, child, payload));
    }
  }

  #signal(id: number, signal: GroupSignal): Promise<boolean> {
    const member = this.#members.get(id);
    if (!member || !this.#connection?.link.writable) return Promise.resolve(false);
    this.#send(toSupervisor.signal, id, JSON.stringify({ signal } satisfies SignalOrder));
    return new Promise((resolve) => member.signals.push(resolve));
  }

  #take({ kind, child, payload }: Frame): void {
    const member = this.#members.get(child);
    if (!member) return;
    switch (kind) {
      case fromSupervisor.started:
        member.pid = (JSON.parse(payload.toString()) as Started).pid; // written by supervisor.ts, as are all below
        break;
      case fromSupervisor.stdout:
        member.listener.stdout(payload);
        break;
      case fromSupervisor.stderr:
        member.listener.stderr(payload);
        break;
      case fromSupervisor.control:
        member.listener.control(payload);
        break;
      case fromSupervisor.signalled:
        member.signals.shift()?.((JSON.parse(payload.toString()) as Signalled).isDone); // as above
        break;
      case fromSupervisor.exited:
        member.pid = undefined;
        member.listener.exited(JSON.parse(payload.toString()) as Exited); // as above
        break;
      case fromSupervisor.refused:
        this.#end(child, member, JSON.parse(payload.toString()) as Refused); // as above
        break;
      case fromSupervisor.closed:
        this.#end(child, member);
        break;
    }
  }

  #end(id: number, member: Member, refused?: Refused): void {
    this.#members.delete(id);
    for (const resolve of member.signals.splice(0)) resolve(false);
    member.listener.ended(refused);
  }

  /** The supervisor has died, which ends nothing by itself: its children are ended from here. */
  #lost(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    for (const [id, member] of this.#members) {
      if (member.pid !== undefined) {
        signalGroup(member.pid, "SIGKILL");
        member.listener.exited({ code: null, signal: "SIGKILL" });
      }
      this.#end(id, member, {
        code: "SUPERVISOR_LOST",
        message: "the supervisor of the child processes has ended",
      });
    }
  }
}
