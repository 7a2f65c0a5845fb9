import { writeSync } from 'node:fs';
import type { Failpoint, FailpointName, Place } from '#edge';
import type { EventStore, EventToAppend } from '#event-store';
import type { MediaStore } from '#media';
import type { FollowerStore, ViewStore } from '#view-store';

const standardError = 2;

type Asked<Port, Name extends keyof Port> = Port[Name] extends (...asked: infer All) => unknown
  ? All
  : never;

/** Where a process can be made to end itself, as if it were killed: for test/faults. */
export type Failpoints = {
  /** It has come so far. */
  readonly reach: (name: FailpointName) => void;
  /** The same port, with a failpoint before and after each call of one of its methods. */
  readonly around: <Port extends object, Name extends keyof Port>(
    port: Port,
    method: Name,
    place: (...asked: Asked<Port, Name>) => Place,
  ) => Port;
};

/** Nothing is wrapped, so that nothing is slower. */
const noFailpoints: Failpoints = { reach: () => undefined, around: (port) => port };

/** Those of a configuration: none of them does anything when it names none. */
export const failpointsOf = (failpoint: Failpoint | null): Failpoints =>
  failpoint === null ? noFailpoints : armed(failpoint);

const armed = ({ name, passing }: Failpoint): Failpoints => {
  let passed = 0;
  const reach = (reached: FailpointName): void => {
    if (reached !== name) return;
    passed += 1;
    if (passed !== passing) return;
    writeSync(standardError, `failpoint ${name}@${passing}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
  const around: Failpoints['around'] = (port, method, place) =>
    new Proxy(port, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (property !== method)
          return (...asked: readonly unknown[]): unknown => Reflect.apply(value, target, asked);
        return async (...asked: Asked<typeof port, typeof method>) => {
          const at = place(...asked);
          reach(`${at}.before`);
          const answer: unknown = await Reflect.apply(value, target, asked);
          reach(`${at}.after`);
          return answer;
        };
      },
    });
  return { reach, around };
};

const outcomes = new Set([
  'DispatchAccepted',
  'DispatchRejected',
  'DispatchDeferred',
  'DispatchOutcomeUnknown',
]);

/** What an append is for, by what it writes. */
export const placeOfAppend = (
  stream: string,
  _: unknown,
  events: readonly EventToAppend[],
): Place => {
  const has = (fits: (type: string) => boolean): boolean => events.some(({ type }) => fits(type));
  if (stream.startsWith('webhooks-')) return 'webhook.append';
  if (has((type) => type === 'DispatchStarted')) return 'dispatch.start';
  if (has((type) => outcomes.has(type))) return 'dispatch.outcome';
  if (has((type) => type === 'CustomerMessageReceived')) return 'inbound.append';
  if (has((type) => type === 'MessageRequested')) return 'request.append';
  if (has((type) => type.startsWith('Media'))) return 'media.outcome';
  return 'decision.append';
};

const isInbox = (follower: string): boolean => follower.endsWith('-inbox');

const placeOfCheckpoint = (follower: string): Place =>
  isInbox(follower) ? 'inbox.checkpoint' : 'follower.checkpoint';

/** Where a follower's command is given to whoever decides it. */
export const placeOfCommand = (follower: string): Place =>
  isInbox(follower) ? 'inbox.command' : 'follower.command';

/** The stores of a platform, with failpoints around whatever they keep. */
export const storesWith = ({ around }: Failpoints) => ({
  log: (store: EventStore) => around(store, 'append', placeOfAppend),
  views: (store: ViewStore) => around(store, 'commit', () => 'projection.commit'),
  followers: (store: FollowerStore) =>
    around(
      around(store, 'saveCheckpoint', placeOfCheckpoint),
      'saveDeadlines',
      () => 'deadlines.save',
    ),
  media: (store: MediaStore) => around(store, 'put', () => 'media.store'),
});
