// What to do about an error, said for the command line; the catalogue's remedy speaks of the API.

import { errorCatalogue, type ErrorCode } from "../domain/errors.ts";

const hints: Readonly<Partial<Record<ErrorCode, string>>> = {
  VALIDATION_FAILED: "see --help of the command",
  NOT_FOUND: "check the id, or list what there is",
  INVALID_PARAMETERS: "see what the executor takes: rota executors get <type>",
  EXECUTOR_NOT_FOUND: "see what there is: rota executors list; name your own with --executors at rota serve",
  INVALID_TRIGGER: "try it out: rota preview",
  IN_THE_PAST: "give a future instant, or the trigger `immediate`",
  OVERLAP: "wait for the live run, cancel it, or add --overlap allow",
  TASK_PAUSED: "resume the task, or add --force",
  NOTHING_LEFT_TO_RUN: "add --from paused-at, or trigger it now",
  REVISION_MISMATCH: "read the task again and repeat the edit",
  UNAUTHENTICATED: "set ROTA_API_KEY",
  LEDGER_UNAVAILABLE: "see that the server runs (rota serve), then repeat",
  LEDGER_LOCKED: "use the process that owns the database, or stop it first",
  OVERLOADED: "repeat in a moment",
};

export function hintFor(code: ErrorCode): string {
  return hints[code] ?? errorCatalogue[code].remedy;
}
