// The test projects: one for each kind of test, so that each can be run alone (`npm run test:unit`).
import { defineConfig } from "vitest/config";

interface Kind {
  readonly name: string;
  readonly include: readonly string[];
  readonly testTimeoutMs: number;
  /** Tests which start processes and measure time get the machine for themselves. */
  readonly isAlone?: true;
}

const kinds: readonly Kind[] = [
  { name: "unit", include: ["src/**/*.test.ts"], testTimeoutMs: 5_000 },
  { name: "golden", include: ["test/domain/**/*.test.ts"], testTimeoutMs: 120_000 },
  { name: "types", include: ["test/types/**/*.test.ts"], testTimeoutMs: 5_000 },
  { name: "architecture", include: ["test/architecture/**/*.test.ts"], testTimeoutMs: 60_000 },
  { name: "contract", include: ["test/contract/**/*.test.ts"], testTimeoutMs: 60_000 },
  { name: "engine", include: ["test/engine/**/*.test.ts"], testTimeoutMs: 30_000 },
  { name: "hosts", include: ["test/hosts/**/*.test.ts"], testTimeoutMs: 60_000, isAlone: true },
  { name: "simulation", include: ["test/simulation/**/*.test.ts"], testTimeoutMs: 120_000 },
  { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeoutMs: 60_000, isAlone: true },
  { name: "examples", include: ["examples/**/*.test.ts"], testTimeoutMs: 60_000, isAlone: true },
  { name: "fault", include: ["test/fault/**/*.test.ts"], testTimeoutMs: 300_000, isAlone: true },
];

/**
 * Node strips the types of each `.ts` file in WebAssembly, in every thread for itself, and V8 frees the wrappers it has
 * improved while other threads look them up: about one in five runs that open hundreds of ledger threads ended with
 * SIGSEGV or SIGTRAP in `WasmImportWrapperCache::Free`. Wrappers that are never improved are never freed. Only tests
 * start threads from source; the package's threads are JavaScript.
 */
const withoutWrapperTiering = "--wasm-wrapper-tiering-budget=2147483647";

export default defineConfig({
  test: {
    maxWorkers: 2,
    // A test that fails is broken or has found something: it is never tried again in the hope of better luck.
    retry: 0,
    coverage: { provider: "v8", include: ["src/**/*.ts"], exclude: ["src/**/*.test.ts"] },
    projects: kinds.map((kind, index) => ({
      extends: true as const,
      test: {
        name: kind.name,
        include: [...kind.include],
        environment: "node",
        pool: "forks" as const,
        execArgv: [withoutWrapperTiering],
        setupFiles: ["test/open-handles.ts"],
        testTimeout: kind.testTimeoutMs,
        hookTimeout: Math.max(kind.testTimeoutMs, 15_000),
        teardownTimeout: 10_000,
        unstubGlobals: true,
        ...(kind.isAlone ? { maxWorkers: 1, sequence: { groupOrder: index + 1 } } : {}),
      },
    })),
  },
});
