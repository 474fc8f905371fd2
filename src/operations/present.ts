// Leaves out what is undefined, so that absent stays absent in records and in JSON.

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

export function present<T extends object>(record: T): Present<T> {
  const kept: Partial<T> = {};
  for (const name in record) if (record[name] !== undefined) kept[name] = record[name];
  return kept as unknown as Present<T>; // fields without a value are gone, which is what the type says
}

/** Applies `change` to a value that is there; undefined stays undefined. */
export function when<T, R>(value: T | undefined, change: (value: T) => R): R | undefined {
  return value === undefined ? undefined : change(value);
}
