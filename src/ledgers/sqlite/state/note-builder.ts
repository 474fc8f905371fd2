// What a commit will tell those who wait for something; see `CommitNote`.

import type { Key } from "../../../domain/ids.ts";

/** A commit note as it crosses the channel: events still packed. */
export interface PackedNote {
  readonly runnableQueues: readonly string[];
  readonly nextFireAtMs: number | undefined;
  readonly nextTimerAtMs: number | undefined;
  readonly cancelRequested: readonly Key[];
  readonly pauseRequested: readonly Key[];
  readonly resumeRequested: readonly Key[];
  readonly reported: readonly Key[];
  /** Pages of the feed this commit wrote: position of the first event, packed events. */
  readonly pages: readonly (readonly [number, string])[];
}

export class NoteBuilder {
  readonly #runnable = new Set<string>();
  #nextFireAtMs: number | undefined;
  #nextTimerAtMs: number | undefined;
  #cancelRequested: Key[] = [];
  #pauseRequested: Key[] = [];
  #resumeRequested: Key[] = [];
  #reported: Key[] = [];

  runnable(queue: string): void {
    this.#runnable.add(queue);
  }

  fires(atMs: number): void {
    this.#nextFireAtMs = Math.min(this.#nextFireAtMs ?? atMs, atMs);
  }

  timer(atMs: number): void {
    this.#nextTimerAtMs = Math.min(this.#nextTimerAtMs ?? atMs, atMs);
  }

  cancel(runKey: Key): void {
    this.#cancelRequested.push(runKey);
  }

  pause(runKey: Key): void {
    this.#pauseRequested.push(runKey);
  }

  resume(runKey: Key): void {
    this.#resumeRequested.push(runKey);
  }

  report(runKey: Key): void {
    this.#reported.push(runKey);
  }

  /** The note of the commit that ends now, and begins anew. */
  take(pages: PackedNote["pages"]): PackedNote {
    const note: PackedNote = {
      runnableQueues: [...this.#runnable],
      nextFireAtMs: this.#nextFireAtMs,
      nextTimerAtMs: this.#nextTimerAtMs,
      cancelRequested: this.#cancelRequested,
      pauseRequested: this.#pauseRequested,
      resumeRequested: this.#resumeRequested,
      reported: this.#reported,
      pages,
    };
    this.clear();
    return note;
  }

  clear(): void {
    this.#runnable.clear();
    this.#nextFireAtMs = undefined;
    this.#nextTimerAtMs = undefined;
    this.#cancelRequested = [];
    this.#pauseRequested = [];
    this.#resumeRequested = [];
    this.#reported = [];
  }
}

/** One note for commits that are told together (a group whose verbs were applied one by one). */
export function joinNotes(notes: readonly PackedNote[]): PackedNote | undefined {
  if (notes.length <= 1) return notes[0];
  const least = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  return {
    runnableQueues: [...new Set(notes.flatMap((note) => note.runnableQueues))],
    nextFireAtMs: least(notes.map((note) => note.nextFireAtMs)),
    nextTimerAtMs: least(notes.map((note) => note.nextTimerAtMs)),
    cancelRequested: notes.flatMap((note) => note.cancelRequested),
    pauseRequested: notes.flatMap((note) => note.pauseRequested),
    resumeRequested: notes.flatMap((note) => note.resumeRequested),
    reported: notes.flatMap((note) => note.reported),
    pages: notes.flatMap((note) => note.pages),
  };
}
