// The compiled library, as a user imports it. Its types are taken from the source: they are known before it is compiled.

import type * as Library from "../../src/index.ts";

export type { Rota } from "../../src/index.ts";

const compiled = new URL("../../dist/index.js", import.meta.url).href;

// Compiled from the very file that gives the type.
export const { createRota, defineExecutor } = (await import(compiled)) as typeof Library;
