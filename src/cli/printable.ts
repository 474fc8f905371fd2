// Makes any text safe to show: what runs and people wrote must not move the cursor or forge a line.

/** Line breaks and tabs become spaces, every other control character its escape. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\r\n\t]+/g, " ")
    .replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
