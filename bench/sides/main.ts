// The measured process: loads one side and obeys the benchmark over the channel.
//
// Arguments: the side's name, `queue` or `scheduler`, place and settings as JSON.

import { QueueCommands } from "./queue-commands.ts";
import { ScheduleCommands } from "./schedule-commands.ts";
import type { Place, SideModule, SideSettings } from "./side.ts";

export interface Request {
  readonly id: number;
  readonly command: string;
  readonly input: unknown;
}

export type Message =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly message: string }
  | { readonly kind: "started"; readonly latencyMs: number };

const [name = "", role, configuration = "{}"] = process.argv.slice(2);
// Written by SideProcess; the module is one of this folder.
const { place, settings } = JSON.parse(configuration) as {
  readonly place: Place;
  readonly settings: SideSettings;
};
const side = (await import(`./${name}.ts`)) as SideModule;
const commands = role === "queue" ? queue() : scheduler();

process.on("message", (request: Request) => void answer(request));
process.on("disconnect", () => process.exit(0));
tell({ kind: "ready" });

function queue(): QueueCommands {
  if (!side.openQueue) throw new Error(`${name} is no queue`);
  return new QueueCommands(side.openQueue(place, settings), (latencyMs) =>
    tell({ kind: "started", latencyMs }),
  );
}

function scheduler(): ScheduleCommands {
  if (!side.openScheduler) throw new Error(`${name} is no scheduler`);
  return new ScheduleCommands(side.openScheduler(place, settings));
}

async function answer({ id, command, input }: Request): Promise<void> {
  try {
    // The names come from SideProcess, which takes them from the same classes.
    const call = Reflect.get(commands, command) as (this: unknown, input: unknown) => Promise<unknown>;
    tell({ kind: "answer", id, value: await call.call(commands, input) });
  } catch (error) {
    tell({
      kind: "error",
      id,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}

function tell(message: Message): void {
  process.send?.(message);
}
