// Two deliveries of a queue as one.

import type { Delivery } from "../../ports/broker.ts";

/** Runs a delivery names at most; one that would name more says "look at the head yourself" instead. */
const mostRunKeys = 1000;

export function mergeDeliveries(first: Delivery, second: Delivery): Delivery {
  const isAnywhere = first.runKeys.length === 0 || second.runKeys.length === 0;
  const runKeys = isAnywhere ? [] : [...new Set([...first.runKeys, ...second.runKeys])];
  return { queue: first.queue, runKeys: runKeys.length > mostRunKeys ? [] : runKeys };
}
