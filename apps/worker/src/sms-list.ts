import { writeListed, type ListedSms, type SmsFilter, type SmsSender } from '#channels/sms';
import type { Log } from '#edge';
import type { Clock, Timer } from '#engine';
import { epochMs, instant } from '#kernel';
import type { SmsListMemory, WebhookInbox } from '#webhooks';

export type SmsListPorts = {
  readonly sender: Pick<SmsSender, 'list'>;
  readonly inbox: Pick<WebhookInbox, 'receive'>;
  readonly memory: Pick<SmsListMemory, 'read' | 'write'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly timer: Timer;
  readonly log: Pick<Log, 'warn'>;
};

/** Twilio's list lags: what was sent this long before the last reading is looked for again. */
export const overlapMs = 10 * 60_000;
/** A listing has this long until its last page is asked for. */
const listStartsWithinMs = 5 * 60_000;
/** So many listings make one reading at most; what is left is for the next one. */
const listingsMax = 50;
/** No shorter stretch of time is asked for, however much is in it. */
const stretchMsMin = 1_000;
/** What is remembered to have been kept; the overlap holds far less. */
const keptMax = 20_000;

/**
 * Reads Twilio's list from where the last reading ended until now, and keeps what it has not kept
 * before. False when it did not get as far as now: what was proven until then is remembered, and the
 * rest is worth another try. Throws the log's own errors.
 */
export const createSmsListReading = (
  ports: SmsListPorts,
): ((signal: AbortSignal) => Promise<boolean>) => {
  const { sender, memory, clock, timer, log } = ports;
  const keep = createKeeping(ports);
  let firstEverMs = -Infinity;

  /** Where the last reading ended. Of the time before the first ever nothing is looked for. */
  const provenMs = async (nowMs: number): Promise<number> => {
    const until = await memory.read();
    if (until !== null) return epochMs(until);
    firstEverMs = nowMs;
    await memory.write(instant(nowMs));
    return nowMs;
  };
  const list = (fromMs: number, untilMs: number, nowMs: number, signal: AbortSignal) => {
    const filter: SmsFilter = {
      sentAfter: instant(Math.max(fromMs - overlapMs, firstEverMs)),
      ...(untilMs < nowMs ? { sentBefore: instant(untilMs) } : {}),
    };
    return sender.list(filter, { startBeforeMs: timer.monotonicMs() + listStartsWithinMs, signal });
  };

  return async (signal) => {
    const nowMs = clock.now();
    let fromMs = await provenMs(nowMs);
    let stretchMs = nowMs - fromMs;
    for (let listings = 0; listings < listingsMax && !signal.aborted; listings += 1) {
      const untilMs = Math.min(Math.floor(fromMs + stretchMs), nowMs);
      const listing = await list(fromMs, untilMs, nowMs, signal);
      if (signal.aborted) return false;
      if (listing.kind !== 'listed') {
        log.warn(whyNot(listing), 'Twilio did not list its messages');
        return false;
      }
      const isShortest = stretchMs <= stretchMsMin;
      if (listing.complete || isShortest) await keep(listing.messages, signal);
      if (signal.aborted) return false;
      if (listing.complete) {
        fromMs = untilMs;
        await memory.write(instant(untilMs));
        if (untilMs >= nowMs) return true;
      } else {
        const count = listing.messages.length;
        log.warn({ count }, 'Twilio lists more messages than are read at once');
        if (isShortest) return false;
        stretchMs = Math.max(stretchMs / 2, stretchMsMin);
      }
    }
    return false;
  };
};

type NotListed = Exclude<Awaited<ReturnType<SmsSender['list']>>, { readonly kind: 'listed' }>;

const whyNot = (listing: NotListed): { readonly reason: string; readonly code?: string } =>
  'why' in listing
    ? { reason: listing.why }
    : { reason: listing.errorClass.reason, code: listing.error.code };

/** Keeps what is new of a listing, the oldest first, until it is called off. */
const createKeeping = ({ inbox }: SmsListPorts) => {
  const kept = new Set<string>();
  return async (newestFirst: readonly ListedSms[], signal: AbortSignal): Promise<void> => {
    for (const sms of newestFirst.toReversed()) {
      const news = newsOf(sms);
      if (news === null || kept.has(news)) continue;
      if (signal.aborted) return;
      await inbox.receive('smslist', writeListed(sms));
      kept.add(news);
      const [oldest] = kept;
      if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
    }
  };
};

/**
 * What a listed message tells that may be new: of a customer's that it is there, of ours what became
 * of it and, as soon as that is known, what it cost. Null while ours is on its way.
 */
const newsOf = ({ sid, direction, status, price }: ListedSms): string | null => {
  if (direction === 'inbound') return sid;
  return status === null || status === 'sent' ? null : `${sid} ${status} ${price?.amount ?? ''}`;
};
