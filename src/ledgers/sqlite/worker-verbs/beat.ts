// The beat: renews a lease, and tells a worker what it should know (SEM 11).

import type { Key } from "../../../domain/ids.ts";
import { leaseMs, leaseRenewalMs, type Beat, type BeatReply } from "../../../ports/worker-ledger.ts";
import { parseCancel } from "../run-row.ts";
import { settleAftermath } from "../state/consequences.ts";
import { interruptRun } from "../state/interrupt.ts";
import type { Tx } from "../state/tx.ts";

export function beat(tx: Tx, { workerKey, running, abandonedSlots = 0 }: Beat, nowMs: number): BeatReply {
  const worker = tx.workers.live().get(workerKey);
  if (worker === undefined)
    return {
      alive: false,
      cancel: [],
      pause: [],
      resume: [],
      lost: running.map(({ runKey }) => runKey),
      givenBack: [],
    };
  worker.abandonedSlots = abandonedSlots;
  // Written every 10 s only: a beat that changes nothing costs no fsync.
  if (worker.leaseUntilMs - nowMs <= leaseMs - leaseRenewalMs) {
    worker.leaseUntilMs = nowMs + leaseMs;
    tx.sql.named("workers.renew").run(worker.leaseUntilMs, workerKey);
  }
  const named = new Map(running.map(({ runKey, claim }) => [runKey, claim]));
  const unknown: Key[] = [];
  for (const [key, claim] of tx.claimed.all())
    if (claim.workerKey === workerKey && named.get(key) !== claim.claim) unknown.push(key);
  const givenBack = giveBack(tx, unknown, nowMs);
  const kept = [...tx.claimed.ownRows()].filter(
    (run) => run.workerKey === workerKey && named.get(run.key) === run.claim,
  );
  return {
    alive: true,
    cancel: kept.flatMap((run) =>
      run.status === "cancelling" && run.cancel !== null
        ? [{ runKey: run.key, claim: run.claim, request: parseCancel(run.cancel) }]
        : [],
    ),
    pause: kept.filter((run) => run.status === "running" && run.pauseWanted !== null).map((run) => run.key),
    resume: kept.filter((run) => run.status === "running" && run.isResumed).map((run) => run.key),
    lost: running
      .filter(({ runKey, claim }) => !isHeld(tx, { runKey, claim, workerKey }))
      .map(({ runKey }) => runKey),
    givenBack,
  };
}

function isHeld(
  tx: Tx,
  { runKey, claim, workerKey }: { readonly runKey: Key; readonly claim: number; readonly workerKey: Key },
): boolean {
  const held = tx.claimed.facts(runKey);
  return held !== undefined && held.claim === claim && held.workerKey === workerKey;
}

/**
 * Gives back claims the worker does not name. A claim whose reply had not reached the worker when it beat is not one
 * of them: it is on its way.
 */
function giveBack(tx: Tx, unknown: readonly Key[], nowMs: number): readonly Key[] {
  const givenBack: Key[] = [];
  for (const key of unknown) {
    const run = tx.claimed.get(key);
    if (run === undefined || run.claimedBy > tx.delivered || run.claimedAtMs >= nowMs) continue;
    givenBack.push(run.key);
    interruptRun(tx, run, { reason: "unstarted", atMs: nowMs });
  }
  settleAftermath(tx, nowMs);
  return givenBack;
}
