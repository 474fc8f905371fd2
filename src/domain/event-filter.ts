// Which events somebody wants to hear of: by type, task, run, user and conversation.

import { eventTypes, type EventType, type RotaEvent } from "./event.ts";
import type { Key } from "./ids.ts";

/** Everything that is given has to fit; what is absent fits all. */
export interface EventFilter {
  /** Patterns: an event type, `noun.*`, or `*`; one of them has to fit. */
  readonly types?: readonly string[];
  readonly taskKey?: Key;
  readonly runKey?: Key;
  readonly userId?: string;
  readonly conversationId?: string;
}

/** Every pattern there is: each type, each noun with all that happens to it, and everything. */
export const eventPatterns: readonly string[] = [
  ...eventTypes,
  ...new Set(eventTypes.map((type) => `${nounOf(type)}.*`)),
  "*",
];

/** Prepares a filter for many events. */
export function eventMatcher(filter: EventFilter): (event: RotaEvent) => boolean {
  const types = filter.types === undefined ? undefined : typesOf(filter.types);
  return (event) =>
    (types === undefined || types.has(event.type)) &&
    (filter.runKey === undefined || filter.runKey === event.runKey) &&
    (filter.taskKey === undefined || filter.taskKey === event.taskKey) &&
    (filter.userId === undefined || filter.userId === event.userId) &&
    (filter.conversationId === undefined || filter.conversationId === event.conversationId);
}

function typesOf(patterns: readonly string[]): ReadonlySet<EventType> {
  const wanted = new Set(patterns);
  return new Set(
    eventTypes.filter((type) => wanted.has("*") || wanted.has(type) || wanted.has(`${nounOf(type)}.*`)),
  );
}

function nounOf(type: EventType): string {
  return type.slice(0, type.indexOf("."));
}
