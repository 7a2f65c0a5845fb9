import { epochMs, instant } from '#kernel';
import { rawBodyMaxAgeSeconds, webhookStream, type WebhookSource } from '#webhooks';
import { instantOf, textOf } from '../flag-values.js';
import { counted } from '../progress.js';
import { UsageError, type Flags } from '../verb.js';

const dayMs = 24 * 60 * 60 * 1000;

const sources = ['whatsapp', 'sms', 'smsstatus', 'smslist'] as const satisfies WebhookSource[];

/** Which bodies: of these sources, received from `sinceMs` on and before `untilMs`. */
export type BodiesAsked = {
  readonly sources: readonly WebhookSource[];
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
};

/** `nowMs`: by the clock by which they were received. */
export type BodiesWanted = BodiesAsked & { readonly nowMs: number };

/** What the flags say. Throws UsageError. */
export const bodiesWanted = (flags: Flags): BodiesAsked => {
  const named = textOf(flags, 'source');
  const source = sources.find((known) => known === named);
  if (named !== null && source === undefined)
    throw new UsageError(`--source takes one of ${sources.join(', ')}`);
  const [since, until] = [instantOf(flags, 'since'), instantOf(flags, 'until')];
  return {
    sources: source === undefined ? sources : [source],
    sinceMs: since && epochMs(since),
    untilMs: until && epochMs(until),
  };
};

/** The streams of one source in which such bodies can stand, the oldest day first. */
export const streamsOf = (source: WebhookSource, wanted: BodiesWanted): readonly string[] => {
  const { nowMs } = wanted;
  const oldestMs = nowMs - rawBodyMaxAgeSeconds * 1000 - dayMs;
  const fromMs = startOfDay(Math.max(wanted.sinceMs ?? oldestMs, oldestMs));
  const days = Math.floor((Math.min(wanted.untilMs ?? nowMs, nowMs) - fromMs) / dayMs) + 1;
  return Array.from({ length: Math.max(0, days) }, (_, day) =>
    webhookStream(source, instant(fromMs + day * dayMs)),
  );
};

/** Days are those of UTC. */
const startOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs;

/** Whether a body that was received at an instant is wanted. */
export const isWanted = (recordedAt: string, { sinceMs, untilMs }: BodiesAsked): boolean => {
  const ms = Date.parse(recordedAt);
  return ms >= (sinceMs ?? -Infinity) && ms < (untilMs ?? Infinity);
};

/** `1 body`, `2 bodies`. */
export const bodiesCounted = (count: number): string =>
  count === 1 ? '1 body' : `${counted(count)} bodies`;
