import { instant, type Instant, type Json } from '#kernel';

/** 9999-12-31T23:59:59Z. Milliseconds taken for seconds land far beyond it. */
const SECONDS_MAX = 253_402_300_799;

/** Meta's unix seconds, as the string that it documents or the integer that it sometimes sends. */
export const readTimestamp = (value: Json | undefined): Instant | null => {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^[0-9]{1,12}$/.test(text)) return null;
  const seconds = Number(text);
  return seconds <= SECONDS_MAX ? instant(seconds * 1000) : null;
};
