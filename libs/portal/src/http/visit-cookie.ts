import { createHash } from 'node:crypto';

const nameCharacters = 16;
/** The cookie outlives the visit, so that whoever comes back late is told that it is over. */
const afterlifeSeconds = 24 * 60 * 60;

/**
 * One cookie for each code, so that a customer of two businesses keeps both visits. The name is a
 * hash of the code: what lists cookies does not list links.
 */
const nameOf = (code: string, isHttps: boolean): string => {
  const name = createHash('sha256').update(code).digest('hex').slice(0, nameCharacters);
  return `${isHttps ? '__Host-' : ''}portal-${name}`;
};

/** The token that the browser holds for a code, or null. */
export const tokenFrom = (
  header: string | undefined,
  code: string,
  isHttps: boolean,
): string | null => {
  const start = `${nameOf(code, isHttps)}=`;
  const found = (header ?? '').split(';').find((part) => part.trimStart().startsWith(start));
  return found === undefined ? null : found.trim().slice(start.length);
};

export type VisitCookie = {
  readonly code: string;
  readonly token: string;
  readonly remainingMs: number;
  readonly isHttps: boolean;
};

/** The `set-cookie` header of an opened visit. `__Host-` needs the whole host as its path. */
export const visitCookie = ({ code, token, remainingMs, isHttps }: VisitCookie): string => {
  const seconds = Math.max(Math.ceil(remainingMs / 1000), 0) + afterlifeSeconds;
  const common = `Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
  const where = isHttps ? 'Path=/; Secure' : 'Path=/p';
  return `${nameOf(code, isHttps)}=${token}; ${where}; ${common}`;
};
