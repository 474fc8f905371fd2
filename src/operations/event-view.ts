// An event of the feed as JSON.

import { formatFeedPosition } from "../domain/feed-position.ts";
import type { RotaEvent } from "../domain/event.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { present, when } from "./present.ts";
import type { Services } from "./services.ts";
import { utc } from "./time-text.ts";

export type EventView = Exclude<OutputOf<"events.stream">, { readonly type: "reset" }>;

/** What resumes a stream of the feed after this position. */
export function feedId(position: number, { ledger }: Pick<Services, "ledger">): string {
  return formatFeedPosition({ feedId: ledger.identity.ledgerId, position });
}

export function feedEventView(event: RotaEvent, services: Pick<Services, "ids" | "ledger">): EventView {
  const { ids } = services;
  const { position, type, atMs, taskKey, runKey, seq, userId, conversationId, data } = event;
  return present({
    id: feedId(position, services),
    type,
    at: utc(atMs),
    position,
    taskId: when(taskKey, (key) => ids.encode("task", key)),
    runId: when(runKey, (key) => ids.encode("run", key)),
    seq,
    userId,
    conversationId,
    data,
  });
}
