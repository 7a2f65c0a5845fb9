import { at, CODE_MISSING, textAt, type ProviderError } from '#channels/http';
import type { Json } from '#kernel';

/**
 * Reads an error of a status webhook (`errors[n]`) or of a Graph answer (`error`). Older webhooks
 * put `details` at the top. Null when the value is no object at all.
 */
export const readProviderError = (value: Json | undefined): ProviderError | null => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const code = at(value, 'code');
  const known = typeof code === 'number' || (typeof code === 'string' && code.length > 0);
  return {
    code: known ? String(code) : CODE_MISSING,
    title: textAt(value, 'title') ?? textAt(value, 'error_user_title') ?? null,
    message: textAt(value, 'message') ?? textAt(value, 'error_user_msg') ?? null,
    details: textAt(value, 'error_data', 'details') ?? textAt(value, 'details') ?? null,
  };
};
