import { noticeNames } from '#channels/whatsapp';
import type { Metrics } from '#edge';
import type { FollowerRuntime, FollowerStatus } from '#engine';

/** Counts what WhatsApp tells of the account, its numbers and templates; by known names alone. */
export const countNotices = (metrics: Metrics): ((name: string) => void) => {
  const notices = metrics.counter('whatsapp_notices_total', 'Notices of WhatsApp, by name');
  return (name) => notices.add({ notice: noticeNames.has(name) ? name : 'other' });
};

/** What waits for a person, and what waits for a fact. */
export const measureFollowers = (metrics: Metrics, runtime: Pick<FollowerRuntime, 'status'>) => {
  let asked: Promise<readonly FollowerStatus[]> | null = null;
  // One look for everybody who asks meanwhile: anybody may ask, and the store has other work to do.
  const look = () => (asked ??= runtime.status().finally(() => (asked = null)));
  const each = (count: (status: FollowerStatus) => number) => async () =>
    (await look()).map((status) => ({
      labels: { follower: status.follower },
      value: count(status),
    }));
  metrics.gauges(
    'follower_parked_items',
    'Items put aside with a reason, until somebody has them retried or skipped',
    each(({ parked }) => parked),
  );
  metrics.gauges(
    'follower_waiting_items',
    'Items that wait for a fact which has not arrived',
    each(({ waitingAside }) => waitingAside),
  );
};
