type RequestHeaders = { readonly [name: string]: string | readonly string[] | undefined };

/**
 * Whether a post comes from a page of ours. `Sec-Fetch-Site` cannot be forged by a page; `none` is a
 * customer who restored a tab. Browsers leave it out over plain http, and old ones always: then the
 * origin decides. It is `null` for our own pages, since they send no referrer, and missing for what
 * is no browser; neither can ride on a visit, whose cookie is SameSite=Strict.
 */
export const comesFromOwnPage = (headers: RequestHeaders, origin: string | null): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const from = headers['origin'];
  if (from === undefined || from === 'null' || from === origin) return true;
  return typeof from === 'string' && URL.canParse(from) && new URL(from).host === headers['host'];
};
