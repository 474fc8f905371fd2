// The broker of one process: deliveries and signals in memory.
//
// It must never know what a delivery is for, nor keep anything that is true. Start reading at memory-broker.ts.

export { MemoryBroker } from "./memory-broker.ts";
