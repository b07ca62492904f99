/** When something is due, and how late it is. */

/** `2d`, `36h`, `90m` in milliseconds; undefined for any other text. */
export function duration(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*(d|h|m)$/.exec(text.trim());
  if (!found) return undefined;
  return Number(found[1]) * { d: 86_400_000, h: 3_600_000, m: 60_000 }[found[2] as "d" | "h" | "m"];
}

/** How far a time zone is from UTC at a moment, in milliseconds. */
function offsetAt(time: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  }).formatToParts(time);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)!.value);
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return local - Math.floor(time / 1000) * 1000;
}

/**
 * The last moment that is in time. A date alone is the whole day; without an offset of its own the time is that of `zone`.
 * @param text `2026-12-01`, `2026-12-01T18:00`, `2026-12-01T18:00+01:00`, `2026-12-01T17:00Z`
 * @throws RangeError for what is no time, or no such zone
 */
export function dueTime(text: string, zone: string): number {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
    text.trim(),
  );
  const utc = found && Date.parse(`${found[1]}T${found[2] ?? "23:59:59.999"}Z`);
  if (!found || utc === null || Number.isNaN(utc))
    throw new RangeError(
      `a time must be such as 2026-12-01 (the whole day) or 2026-12-01T18:00+01:00, received '${text}'`,
    );
  if (found[3] === "Z") return utc;
  if (found[3] !== undefined) {
    const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(found[3])!;
    return utc - (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  }
  // Twice: the first guess may lie on the other side of a change of the clocks.
  return utc - offsetAt(utc - offsetAt(utc, zone), zone);
}

/** The due time with somebody's extension: another date, or an amount more. @throws RangeError for neither */
export function extended(due: number, extension: string, zone: string): number {
  if (extension.trim() === "") return due;
  const more = duration(extension);
  return more === undefined ? Math.max(due, dueTime(extension, zone)) : due + more;
}
