export type Headers = { readonly [name: string]: string };

/**
 * Sent with every answer; a page that needs more says so itself. Nothing may be framed, sniffed,
 * kept or tell others where the reader came from.
 */
export const securityHeaders = (options: { readonly isHttps: boolean }): Headers => ({
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
  ...(options.isHttps && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
});

/** What a page of our own adds: its own scripts, styles and pictures, and its own server. */
export const PAGE_CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; " +
  "form-action 'self'; frame-ancestors 'none'; object-src 'none'";
