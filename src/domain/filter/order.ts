// In which order lists are given.

export const listOrders = ["newest", "oldest"] as const;
/** By time; `newest` or `oldest` comes first. */
export type ListOrder = (typeof listOrders)[number];
