import { createHmac, timingSafeEqual } from 'node:crypto';
import { organisationId, type OrganisationId } from '#kernel';

/**
 * How long a link opens its file, at least and at most. A link is the same for whoever asks within the
 * difference, so that a page that asks again does not load again.
 */
export const mediaLinkMsMin = 10 * 60_000;
export const mediaLinkMsMax = 12 * 60_000;

const accessCharactersMax = 1_000;
/** When it ends, and whose it is. */
const claimForm = /^(\d{1,15}) ([^]{1,500})$/;
const accessForm = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** Addresses of files for tags of a page, which cannot send a token: each opens one file, for a while. */
export type MediaLinks = {
  readonly urlOf: (organisation: OrganisationId, id: string) => string;
  /** Whose file `access` opens; null when it does not open this one, or no longer does. */
  readonly opens: (id: string, access: string) => OrganisationId | null;
};

export type MediaLinksOptions = {
  /** This installation's, for this purpose alone. */
  readonly secret: string;
  /** Where clients reach us, without a slash at its end; may be known only once we listen. */
  readonly baseUrl: () => string;
  /** Epoch milliseconds by the wall: like tokens, links take no notice of the domain's clock. */
  readonly wallClock: () => number;
};

/**
 * What is signed names organisation, file and end, so that a link says by itself whether it is good:
 * nothing is looked up for one that is not.
 */
export const createMediaLinks = ({ secret, baseUrl, wallClock }: MediaLinksOptions): MediaLinks => {
  const signatureOf = (organisation: string, id: string, endsAtMs: number): Buffer =>
    createHmac('sha256', secret)
      .update(JSON.stringify([organisation, id, endsAtMs]))
      .digest();
  return {
    urlOf: (organisation, id) => {
      const step = mediaLinkMsMax - mediaLinkMsMin;
      const endsAtMs = Math.floor(wallClock() / step) * step + mediaLinkMsMax;
      const claim = Buffer.from(`${endsAtMs} ${organisation}`).toString('base64url');
      const signature = signatureOf(organisation, id, endsAtMs).toString('base64url');
      return `${baseUrl()}/media/${encodeURIComponent(id)}?access=${claim}.${signature}`;
    },
    opens: (id, access) => {
      const [, claim = '', signature = ''] =
        (access.length <= accessCharactersMax && accessForm.exec(access)) || [];
      const claimed = readClaim(claim);
      if (claimed === null) return null;
      const { organisation, endsAtMs } = claimed;
      const given = Buffer.from(signature, 'base64url');
      const right = signatureOf(organisation, id, endsAtMs);
      // A last character can spell the same bytes in several ways; one of them is ours.
      const isOurs =
        given.length === right.length &&
        timingSafeEqual(given, right) &&
        given.toString('base64url') === signature;
      return isOurs && wallClock() < endsAtMs ? organisationId(organisation) : null;
    },
  };
};

const readClaim = (
  claim: string,
): { readonly organisation: string; readonly endsAtMs: number } | null => {
  const text = Buffer.from(claim, 'base64url').toString('utf8');
  const [, endsAt, organisation] = claimForm.exec(text) ?? [];
  return endsAt === undefined || organisation === undefined
    ? null
    : { organisation, endsAtMs: Number(endsAt) };
};
