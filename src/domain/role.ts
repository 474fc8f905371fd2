// What a caller may do at most: three roles, each of which may do what the ones before it may.

export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** Whether a caller of role `has` may do what needs the role `needed`. */
export function reaches(has: Role, needed: Role): boolean {
  return roles.indexOf(has) >= roles.indexOf(needed);
}
