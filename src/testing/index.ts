// For users' tests: a Rota under virtual time, and the contract suites every ledger and broker must pass.

export { testBroker } from "./broker-contract.ts";
export { testLedger } from "./ledger-contract.ts";
export { createTestRota, type TestRota, type TestRotaOptions } from "./test-rota.ts";
export { VirtualClock } from "./virtual-clock.ts";
