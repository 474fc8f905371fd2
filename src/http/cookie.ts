// The session's cookie: no script can read it, no other site can send it.

export const sessionCookieName = "rota_session";

/** The token in the `Cookie` header; undefined when there is none. */
export function sessionTokenIn(header: string | undefined): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const [key, value] = pair.split("=", 2);
    if (key?.trim() === sessionCookieName && value !== undefined && /^[0-9a-z]{1,100}$/.test(value.trim()))
      return value.trim();
  }
  return undefined;
}

/** `Set-Cookie` for a token that is good for so many seconds; 0 takes the cookie away. */
export function sessionCookie(
  token: string,
  { maxAgeSeconds, isSecure }: { readonly maxAgeSeconds: number; readonly isSecure: boolean },
): string {
  const parts = [
    `${sessionCookieName}=${token}`,
    "Path=/",
    `Max-Age=${maxAgeSeconds}`,
    "HttpOnly",
    "SameSite=Strict",
  ];
  return [...parts, ...(isSecure ? ["Secure"] : [])].join("; ");
}
