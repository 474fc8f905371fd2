// One name for a database file, whatever links lead to it: its lock and its log lie beside that name, for every opener.

import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";

/** As many as Linux follows. */
const mostLinks = 40;

/**
 * The path without symbolic links, of a file that need not be there yet.
 *
 * Where the way to it cannot be followed (no such folder, no right to it, links in a circle) the path stays as it is,
 * and opening says what is wrong with it.
 *
 * @param path - absolute
 */
export function oneNameOf(path: string): string {
  let name = path;
  for (let followed = 0; followed <= mostLinks; followed++) {
    const real = tried(() => realpathSync.native(name));
    if (real !== undefined) return real;
    const folder = tried(() => realpathSync.native(dirname(name)));
    if (folder === undefined) return path;
    const there = join(folder, basename(name));
    const target = tried(() => readlinkSync(there));
    if (target === undefined) return there;
    // Not `join`: it takes `..` away from names that are links themselves.
    name = isAbsolute(target) ? target : `${folder}/${target}`;
  }
  return path;
}

function tried<Value>(ask: () => Value): Value | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
