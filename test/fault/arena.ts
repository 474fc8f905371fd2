// One database with its effects ledger, the processes that live and die on it, and the checker after each death.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judge, Snapshots, violationsOf } from "./checker.ts";
import { readTables, type Tables } from "./checker/rows.ts";
import type { Child, Exit } from "./child.ts";
import { DeedLog, type Deed } from "./deeds.ts";
import { DeedTail } from "./tail.ts";

export class Arena implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "rota-fault-"));
  readonly database = join(this.folder, "rota.db");
  readonly deedsPath = join(this.folder, "deeds.jsonl");
  /** What this process itself writes into the effects ledger. */
  readonly deeds = new DeedLog(this.deedsPath);
  readonly tail = new DeedTail(this.deedsPath);
  readonly violations: string[] = [];
  kills = 0;
  /** Runs that were in a worker's hands when their process was killed. */
  killedRuns = 0;
  killsWithRuns = 0;
  readonly #snapshots = new Snapshots();
  #isKept = false;

  /** Kills without warning, notes that the process is gone, and looks at what it left. */
  async kill(child: Child): Promise<void> {
    await child.killHard();
    this.buried(child.pid);
    this.kills++;
    const tables = this.look();
    const claimed = tables.states.filter(({ table }) => table === "claimed").length;
    this.killedRuns += claimed;
    if (claimed > 0) this.killsWithRuns++;
  }

  /** The process has ended, whatever the reason: what it was doing is over. */
  buried(pid: number): void {
    this.deeds.write({ e: "gone", pid });
  }

  /** Reads the database while nobody owns it: everything acknowledged must be there, and what has ended unchanged. */
  look(): Tables {
    const tables = readTables(this.database);
    const { violations, newlyEnded } = this.#snapshots.take(tables);
    const found = [...violations, ...judge(tables, { deeds: this.tail.read(), isQuiet: false })];
    for (const violation of found) this.violations.push(`after kill ${this.kills}: ${violation}`);
    // Whoever reads the database now has been told.
    for (const { key, status } of newlyEnded) this.deeds.write({ e: "told", run: `#${key}`, status });
    return tables;
  }

  /** The last word, when everything had its time. */
  judge(
    terms: { readonly decidedUntilMs?: number; readonly hasClockJumps?: boolean } = {},
  ): readonly string[] {
    const { violations } = this.#snapshots.take(readTables(this.database));
    return [
      ...this.violations,
      ...violations,
      ...violationsOf({ database: this.database, deeds: this.tail.read(), isQuiet: true, ...terms }),
    ];
  }

  /** Resolves when `enough` deeds of this process are there, of which at least one is a start of code. */
  async progress(child: Child, enough: (deeds: readonly Deed[]) => boolean): Promise<void> {
    await this.tail.until(`progress of process ${child.pid}`, enough, child.exited.then(told));
  }

  [Symbol.dispose](): void {
    this.tail[Symbol.dispose]();
    this.deeds.close();
    if (!this.#isKept) rmSync(this.folder, { recursive: true, force: true });
  }

  /** @throws when there are violations; database and effects ledger are then kept for whoever looks into it */
  demandNone(violations: readonly string[]): void {
    if (violations.length === 0) return;
    this.#isKept = true;
    const shown =
      violations.length <= 20
        ? violations
        : [...violations.slice(0, 20), `… and ${violations.length - 20} more`];
    throw new Error(
      `${violations.length} violations; the evidence is in ${this.folder}\n${shown.join("\n")}`,
    );
  }
}

function told({ code, signal, out, err }: Exit): string {
  return `the process ended (${String(signal ?? code)}): ${out}${err}`;
}
