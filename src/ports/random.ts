// Chance, so that tests and simulations can fix it.

export interface Random {
  /** A number in [0, 1). */
  next(): number;
}
