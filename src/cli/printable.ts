// Makes any text safe to show: what runs and people wrote must not move the cursor or forge a line.

/** Line breaks and tabs become spaces, every other control character its escape. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\r\n\t]+/g, " ")
    .replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** As {@link printable}, but keeps line breaks and tabs: for text that is shown on lines of its own. */
export function printableLines(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) =>
    control === "\n" || control === "\t"
      ? control
      : `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
