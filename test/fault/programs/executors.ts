// The module that `rota serve --executors` loads in the fault tests; the effects ledger is named by ROTA_FAULT_DEEDS.

import { DeedLog } from "../deeds.ts";
import { workExecutors } from "./work.ts";

const path = process.env["ROTA_FAULT_DEEDS"];
if (path === undefined) throw new Error("ROTA_FAULT_DEEDS must name the effects ledger");

export const executors = workExecutors(new DeedLog(path));
