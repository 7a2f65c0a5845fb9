/** Each await on the ways of a message that is passed twice: before it asks, after it was answered. */
export const places = [
  'webhook.request',
  'webhook.append',
  'mutation.request',
  'request.append',
  'inbound.append',
  'decision.append',
  'inbox.command',
  'inbox.checkpoint',
  'follower.command',
  'follower.checkpoint',
  'deadlines.save',
  'dispatch.start',
  'dispatch.outcome',
  'whatsapp.call',
  'sms.call',
  'media.fetch',
  'media.store',
  'media.outcome',
  'projection.commit',
] as const;
export type Place = (typeof places)[number];

/** The provider, or the client, has its answer. */
const acknowledged = ['webhook.acknowledged', 'mutation.acknowledged'] as const;

export type FailpointName = `${Place}.before` | `${Place}.after` | (typeof acknowledged)[number];

/** Every point at which a process can be made to end itself. */
export const failpointNames: readonly FailpointName[] = [
  ...places.flatMap((place) => [`${place}.before` as const, `${place}.after` as const]),
  ...acknowledged,
];

/** Where a process ends itself, and on which passing of it: 1 is the first. */
export type Failpoint = { readonly name: FailpointName; readonly passing: number };

/** `name@n`; null when it is not that, or names no failpoint. */
export const parseFailpoint = (text: string): Failpoint | null => {
  const [, given = '', count = ''] = /^([a-z.]+)@([1-9]\d{0,5})$/.exec(text) ?? [];
  const name = failpointNames.find((known) => known === given);
  return name === undefined ? null : { name, passing: Number(count) };
};
