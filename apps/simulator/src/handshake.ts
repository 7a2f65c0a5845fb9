import { randomBytes } from 'node:crypto';
import { ok, type Reply } from './answers.js';
import { limits } from './limits.js';

/** What Meta does when a webhook is subscribed: a GET that must echo the challenge. */
export const askHandshake = async (webhookUrl: string, verifyToken: string): Promise<Reply> => {
  const challenge = randomBytes(8).toString('hex');
  const url = new URL(webhookUrl);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.verify_token', verifyToken);
  url.searchParams.set('hub.challenge', challenge);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(limits.deliveryTimeoutMs) });
    const echoed = (await response.text()) === challenge;
    return ok({ subscribed: response.status === 200 && echoed, httpStatus: response.status });
  } catch {
    return ok({ subscribed: false, httpStatus: null });
  }
};
