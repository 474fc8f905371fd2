// What everybody does after a death: the file is opened again, all that was accepted runs to its end, and it is judged.

import { createRota } from "../../src/app/create-rota.ts";
import { inProcess } from "./api.ts";
import type { Arena } from "./arena.ts";
import { Child, type Exit } from "./child.ts";
import { finishAll, resumeAll } from "./load.ts";
import type { EmbeddedOptions } from "./programs/embedded.ts";
import { workExecutors } from "./programs/work.ts";

/** Opens the database in this process as its next owner, and lets everything come to its end. */
export async function finishHere(arena: Arena): Promise<void> {
  const rota = await createRota({
    database: `sqlite:${arena.database}`,
    ledgerThread: "main",
    concurrency: 20,
    executors: workExecutors(arena.deeds),
  });
  try {
    const call = inProcess((operation, input) => rota.invoke(operation, input));
    await resumeAll(call, arena.deeds);
    await finishAll(call);
  } finally {
    await rota.stop({ graceMs: 1000 });
  }
}

/** The same by a process of another build; what has not ended when its patience is over is left as it is. */
export async function finishThere(
  arena: Arena,
  { source, patienceMs }: { readonly source: string; readonly patienceMs: number },
): Promise<Exit> {
  await using child = Child.program("embedded", {
    source,
    database: arena.database,
    deeds: arena.deedsPath,
    seed: 0,
    clients: 0,
    ledgerThread: "main",
    concurrency: 20,
  } satisfies EmbeddedOptions);
  await Promise.race([child.line(/^ready/m).catch(() => undefined), child.exited]);
  for (const order of ["resume", `finish ${patienceMs}`, "stop"]) child.tell(order);
  const exit = await child.exited;
  arena.buried(child.pid);
  return exit;
}
