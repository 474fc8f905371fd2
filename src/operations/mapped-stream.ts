// A stream whose items are shown in another form; ending it reaches the stream beneath at once.

/** What a stream answers with: its items, and the id that resumes it after what was handed out. */
export interface ResumableStream<Item> extends AsyncIterableIterator<Item, undefined> {
  /** Undefined while there is none, as when an item is being made. */
  readonly id: string | undefined;
}

/**
 * A generator would not do: its `return` waits for a `next` that is under way, and that one waits for something to
 * happen.
 */
export function mappedStream<Item, Shown>(
  stream: AsyncIterableIterator<Item, undefined>,
  { show, id }: { readonly show: (item: Item) => Promise<Shown>; readonly id: () => string | undefined },
): ResumableStream<Shown> {
  let isShowing = false;
  return {
    get id() {
      return isShowing ? undefined : id();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => {
      const result = await stream.next();
      if (result.done === true) return result;
      isShowing = true;
      try {
        return { done: false, value: await show(result.value) };
      } finally {
        isShowing = false;
      }
    },
    return: async () => {
      await stream.return?.();
      return { done: true, value: undefined };
    },
  };
}
