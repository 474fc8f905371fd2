// What a process prints on both its streams when a run has ended, so that what came before can be told from what follows.

export function endOfRunMark(seq: number): string {
  return `\0rota: end of run ${seq}\0`;
}
