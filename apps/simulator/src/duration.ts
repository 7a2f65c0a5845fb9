const DURATION =
  /^(-)?P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,3}))?S)?)?$/;

const UNITS_MS = [7 * 24 * 3_600_000, 24 * 3_600_000, 3_600_000, 60_000, 1_000];

/**
 * The milliseconds of an ISO-8601 duration in weeks, days, hours, minutes and seconds, down to the
 * millisecond: `PT23H59M59.999S`. Null for anything else; years and months have no fixed length.
 */
export const parseDuration = (text: string): number | null => {
  const match = DURATION.exec(text);
  if (match === null) return null;
  const whole = UNITS_MS.reduce((ms, unit, index) => ms + unit * Number(match[index + 2] ?? 0), 0);
  const ms = whole + Number((match[7] ?? '').padEnd(3, '0'));
  if (!Number.isSafeInteger(ms)) return null;
  return match[1] === undefined ? ms : -ms;
};
