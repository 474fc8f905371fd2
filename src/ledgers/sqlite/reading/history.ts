// A run's own history, without gap: what follows from its rows is derived, the rest was written when it happened (SEM 7).

import { eventTypes } from "../../../domain/event.ts";
import type { RunHistoryEvent } from "../../../domain/event.ts";
import { keyTimeMs, type Key } from "../../../domain/ids.ts";
import { isTerminal } from "../../../domain/run-state.ts";
import { firstInt, int, json, oneOf, text, textOrNull } from "../row.ts";
import type { RunRow } from "../run-row.ts";
import { locate } from "../state/locate.ts";
import { endEvent } from "../state/moves.ts";
import type { Tx } from "../state/tx.ts";

export function history(tx: Tx, key: Key): readonly RunHistoryEvent[] {
  const run = locate(tx, key);
  if (run === undefined) return [];
  const written = tx.sql
    .named("history.ofRun")
    .all(key)
    .map((row): RunHistoryEvent => {
      const data = textOrNull(row, 3);
      return {
        seq: int(row, 0),
        atMs: int(row, 1),
        type: oneOf(eventTypes, text(row, 2)),
        ...(data === null ? {} : { data: json(data) }),
      };
    });
  const known = new Map(written.map((event) => [event.seq, event]));
  const derived = derivedEvents(tx, run);
  // Birth, first start and end have no row: in that order they are the numbers that no row has.
  return Array.from({ length: run.version }, (_, index) => {
    const seq = index + 1;
    const event = known.get(seq);
    if (event !== undefined) return event;
    const next = derived.shift();
    if (next === undefined) throw new Error(`run ${key} has no event ${seq}`);
    return { seq, ...next };
  });
}

function derivedEvents(tx: Tx, run: RunRow): Omit<RunHistoryEvent, "seq">[] {
  const events: Omit<RunHistoryEvent, "seq">[] = [{ type: "run.created", atMs: keyTimeMs(run.key) }];
  if (run.startedAtMs !== null) events.push({ type: "run.started", atMs: run.startedAtMs });
  if (isTerminal(run.status))
    events.push({ type: endEvent(run.status), atMs: firstInt(tx.sql.named("reports.end").get(run.key)) });
  return events;
}
