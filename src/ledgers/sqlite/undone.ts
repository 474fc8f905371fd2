// Thrown by a verb that must leave no trace of what it did: its transaction is rolled back, and it answers this.

export class Undone extends Error {
  override readonly name: string = "Undone";
  readonly answer: unknown;

  constructor(answer: unknown) {
    super("a verb took back what it did");
    this.answer = answer;
  }
}
