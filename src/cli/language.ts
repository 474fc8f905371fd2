// The language a person is spoken to in: what --lang says, else the environment.

export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

/** The same sentence in both languages. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** Looks before the command line is parsed, because help texts are in that language too. */
export function languageOf(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Language {
  const index = argv.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const word = argv[index] ?? "";
  const given = word.startsWith("--lang=") ? word.slice("--lang=".length) : argv[index + 1];
  if (index >= 0 && given !== undefined) return given.startsWith("zh") ? "zh" : "en";
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return /^zh(?:[_.-]|$)/i.test(locale) ? "zh" : "en";
}

export function isWords(value: unknown): value is Words {
  return (
    typeof value === "object" &&
    value !== null &&
    "en" in value &&
    "zh" in value &&
    typeof value.en === "string" &&
    typeof value.zh === "string"
  );
}
