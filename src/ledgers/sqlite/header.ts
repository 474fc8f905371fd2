// What the first page of a database file says before SQLite opens it: whether it is one, whose, and how it was left.

import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { RotaError } from "../../domain/errors.ts";

/**
 * The header's application id says how the file was left: it is written into the main file itself when the ledger is
 * opened and when it is closed, so it travels with a copy that forgot the WAL.
 *
 * @see https://sqlite.org/fileformat.html#the_database_header
 */
export const applicationId = { closed: 0x526f_7461, inUse: 0x526f_7462 } as const;

export interface FileState {
  readonly isNew: boolean;
  readonly wasUnclean: boolean;
  readonly bytes: number;
}

const headerBytes = 100;
const magic = "SQLite format 3\0";

/**
 * Looks at a file without opening it as a database.
 *
 * @throws LEDGER_CORRUPT when it is no database, is truncated, or was in use and lacks its WAL
 */
export function inspectFile(file: string): FileState {
  if (!existsSync(file)) return { isNew: true, wasUnclean: false, bytes: 0 };
  const { header, bytes } = readHeader(file);
  if (bytes === 0) return { isNew: true, wasUnclean: false, bytes };
  if (bytes < headerBytes || header.toString("latin1", 0, magic.length) !== magic) {
    throw corrupt(file, "it does not begin like a SQLite database");
  }
  const id = header.readUInt32BE(68);
  if (id === applicationId.inUse && !existsSync(`${file}-wal`)) {
    throw corrupt(
      file,
      "it was copied or restored while in use, without its -wal file; copy that too, or use a backup",
    );
  }
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  if (id === applicationId.closed && header.readUInt32BE(28) * pageBytes > bytes)
    throw corrupt(file, "it is shorter than its header says");
  return { isNew: false, wasUnclean: id === applicationId.inUse, bytes };
}

export function corrupt(file: string, why: string): RotaError {
  return new RotaError("LEDGER_CORRUPT", `${file} is damaged: ${why}`, { details: { file } });
}

function readHeader(file: string): { readonly header: Buffer; readonly bytes: number } {
  const descriptor = openSync(file, "r");
  try {
    const header = Buffer.alloc(headerBytes);
    readSync(descriptor, header, 0, headerBytes, 0);
    return { header, bytes: fstatSync(descriptor).size };
  } finally {
    closeSync(descriptor);
  }
}
