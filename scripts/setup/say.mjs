// Tells the person at the terminal what is being done, while it is done.

/** Goes to stderr: stdout belongs to the program that is started afterwards. */
export function say(text) {
  process.stderr.write(`rota: ${text}\n`);
}

export function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}
