// Prints JSON the short way: a list or object stays on one line where it fits.
const widthLimit = 110;

export function printJson(value: unknown): string {
  return `${printOpen(value, 0)}\n`;
}

function print(value: unknown, indent: number, column: number): string {
  const flat = printFlat(value);
  return column + flat.length < widthLimit ? flat : printOpen(value, indent);
}

function printOpen(value: unknown, indent: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = " ".repeat(indent + 2);
  const isList = Array.isArray(value);
  const lines = Object.entries(value).map(([key, item]) => {
    const head = isList ? inner : `${inner}${JSON.stringify(key)}: `;
    return head + print(item, indent + 2, head.length);
  });
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  return lines.length === 0 ? open + close : `${open}\n${lines.join(",\n")}\n${" ".repeat(indent)}${close}`;
}

function printFlat(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(printFlat).join(", ")}]`;
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${printFlat(item)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
