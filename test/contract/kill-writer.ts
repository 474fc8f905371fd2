// A process that writes until it is killed, and says what was acknowledged. Started by sqlite-kill.test.ts.
import { writeSync } from "node:fs";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import { Scene } from "../../src/testing/ledger-contract/scene.ts";

const ledger = await openSqliteLedger({
  database: `sqlite:${process.argv[2] ?? ""}`,
  nowMs: Date.UTC(2026, 2, 2),
});
const scene = new Scene(ledger);
const task = await scene.task();
const worker = await scene.worker();

/** Written to the pipe at once: what the parent reads was acknowledged before the kill. A full pipe is waited for. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}

async function add(): Promise<never> {
  for (;;) say(`added ${await scene.run(task)}`);
}

async function work(): Promise<never> {
  for (;;) {
    const claimed = await scene.claim(worker, { limit: 10 });
    for (const run of claimed) say(`claimed ${run.key}`);
    const replies = await Promise.all(claimed.map((run) => scene.complete(run)));
    for (const [index, reply] of replies.entries()) if (reply.ok) say(`done ${claimed[index]?.key ?? 0}`);
  }
}

await Promise.all([...Array.from({ length: 16 }, add), work()]);
