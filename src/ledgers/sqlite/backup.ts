// Finishes a copy made by SQLite's backup: it carries the mark of a file in use, which would have it refused.

import { DatabaseSync } from "node:sqlite";
import { applicationId } from "./header.ts";

export function markBackupClosed(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec("pragma journal_mode = delete");
    copy.exec(`pragma application_id = ${applicationId.closed}`);
  } finally {
    copy.close();
  }
}
