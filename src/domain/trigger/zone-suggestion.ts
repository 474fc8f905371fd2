// Which time zone somebody may have meant.

import { closest } from "../closest.ts";

/** Big cities people name that have no zone of their own name, and abbreviations that mean several zones. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["beijing", "Asia/Shanghai"],
  ["china", "Asia/Shanghai"],
  ["cst", "Asia/Shanghai or America/Chicago"],
  ["ist", "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem"],
  ["est", "America/New_York"],
  ["edt", "America/New_York"],
  ["pst", "America/Los_Angeles"],
  ["pdt", "America/Los_Angeles"],
  ["cet", "Europe/Berlin"],
  ["bst", "Europe/London or Asia/Dhaka"],
  ["mumbai", "Asia/Kolkata"],
  ["delhi", "Asia/Kolkata"],
  ["san_francisco", "America/Los_Angeles"],
  ["washington", "America/New_York"],
]);

/** Why a zone name is not accepted, with what was probably meant. */
export function unknownZone(name: string): string {
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
  if (/^[+-]\d/.test(name))
    return `${shown} is an offset; name a place, for example "Asia/Shanghai", since offsets change`;
  const meant = name.length > 40 ? undefined : suggestZone(name);
  return `unknown time zone ${shown}; ${meant === undefined ? 'use an IANA name such as "Europe/London"' : `did you mean ${meant}?`}`;
}

function suggestZone(name: string): string | undefined {
  const place = (name.split("/").at(-1) ?? name).trim().replaceAll(" ", "_").toLowerCase();
  const other = otherNames.get(place);
  if (other !== undefined) return other;
  const zones = Intl.supportedValuesOf("timeZone");
  const exact = zones.find((zone) => zone.toLowerCase().endsWith(`/${place}`));
  if (exact !== undefined) return exact;
  const near = closest(
    place,
    zones.map((zone) => zone.split("/").at(-1)?.toLowerCase() ?? ""),
  );
  const byPlace =
    near === undefined || near === ""
      ? undefined
      : zones.find((zone) => zone.toLowerCase().endsWith(`/${near}`));
  return byPlace ?? closest(name, zones);
}
