// Which options of Node a thread gets of those its process was started with.

/** Options that say how modules are loaded; their value may stand apart. */
const loading =
  /^(?:--(?:import|require|conditions|loader|experimental-loader|enable-source-maps|no-warnings|disable-warning)(?:=|$)|-[rC]$)/u;

/**
 * All of them, by Node's own inheritance (undefined), but for a program that was given on the command line: a thread
 * refuses `--input-type`. Options of V8 cannot be named again, so then only those that load modules are.
 */
export function threadExecArgv(argv: readonly string[] = process.execArgv): string[] | undefined {
  if (!argv.some((part) => part.startsWith("--input-type"))) return undefined;
  let isKept = false;
  return argv.filter((part) => {
    if (part.startsWith("-")) isKept = loading.test(part);
    return isKept;
  });
}
