// Values in params that look like credentials: worth a word, since params are stored and shown (SEM 31).

import type { Json } from "./json.ts";
import type { Words } from "./trigger/words.ts";

export interface CredentialWarning {
  readonly code: "CREDENTIAL_IN_PARAMS";
  /** Dotted path, from `params`. */
  readonly path: string;
  readonly message: Words;
}

/** The last word of a field's name, in any way of writing it. */
const nameLooks =
  /(?:^|[^a-z])(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret|authorization|credentials?)$/;

/** Forms that issuers give to their keys, private keys, JSON Web Tokens, and passwords within a URL. */
const valueLooks: readonly RegExp[] = [
  /\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][\w-]{8,}/,
  /\bsk-[A-Za-z0-9]{20,}/,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/,
  /\bgithub_pat_\w{20,}/,
  /\bglpat-[\w-]{16,}/,
  /\bxox[abprs]-[\w-]{10,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bAIza[\w-]{30,}/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/:@]+@/i,
  /^(?:Bearer|Basic) \S{8,}/i,
];

const shortestByName = 6;
const mostWarnings = 10;
/** Longer texts are documents; only their beginning is looked at. */
const mostLooked = 10_000;

/** At most ten; a reference to a secret is none. */
export function credentialWarnings(params: Json): readonly CredentialWarning[] {
  const warnings: CredentialWarning[] = [];
  const pending: (readonly [name: string, path: string, value: Json])[] = [["", "params", params]];
  for (let next = pending.pop(); next !== undefined && warnings.length < mostWarnings; next = pending.pop()) {
    const [name, path, value] = next;
    if (typeof value === "string") {
      if (looksLikeCredential(name, value)) warnings.push(warningAt(path));
    } else if (typeof value === "object" && value !== null && !Object.hasOwn(value, "$secret")) {
      for (const [key, child] of Object.entries(value)) pending.push([key, `${path}.${key}`, child]);
    }
  }
  return warnings.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function looksLikeCredential(name: string, value: string): boolean {
  const spelled = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  if (value.length >= shortestByName && nameLooks.test(spelled)) return true;
  const beginning = value.slice(0, mostLooked);
  return valueLooks.some((look) => look.test(beginning));
}

function warningAt(path: string): CredentialWarning {
  return {
    code: "CREDENTIAL_IN_PARAMS",
    path,
    message: {
      en: `${path} looks like a credential, and params are stored and shown; give { "$secret": "NAME" } and set ROTA_SECRET_NAME for the worker`,
      zh: `${path} 像是凭据，而参数会被保存和显示；请改用 { "$secret": "NAME" }，并为工作进程设置 ROTA_SECRET_NAME`,
    },
  };
}
