import { epochMs, instant, parseInstant, type Instant, type Json } from '#kernel';
import { BadRequest, conflict, ok, type Reply } from './answers.js';
import { parseDuration } from './duration.js';
import { limits } from './limits.js';
import type { MovableClock } from './options.js';
import { knowsOnly, readObject } from './reading.js';
import type { KeptClock } from './state-file.js';

type Move =
  | { readonly kind: 'to'; readonly epochMs: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'freeze'; readonly epochMs: number | null }
  | { readonly kind: 'unfreeze' };

/** The clock on the table: read it, move it forwards, stop it. */
export type ClockDesk = {
  readonly read: () => Reply;
  /** Answers once everything that fell due has been decided and the clock is kept. */
  readonly move: (body: Json | undefined) => Promise<Reply>;
  readonly kept: () => KeptClock;
  readonly nowMs: () => number;
};

export type ClockDeskOptions = {
  readonly clock: MovableClock;
  readonly onClockMoved: () => Promise<void>;
  readonly save: () => Promise<void>;
  readonly changed: () => void;
};

const SAY_ONE = 'Say one of "advance", "to" or "freeze".';

const readAdvance = (value: Json): Move => {
  const ms = typeof value === 'string' ? parseDuration(value) : null;
  if (ms === null)
    throw new BadRequest(
      '"advance" must be an ISO-8601 duration in weeks, days, hours, minutes and seconds, ' +
        'such as PT1H or PT23H59M59.999S.',
    );
  return { kind: 'advance', ms };
};

const readAt = (name: string, value: Json): number => {
  const at: Instant | null = typeof value === 'string' ? parseInstant(value) : null;
  if (at === null)
    throw new BadRequest(`"${name}" must be an instant such as 2026-11-20T14:00:00.000Z.`);
  return epochMs(at);
};

const readFreeze = (value: Json): Move => {
  if (value === true) return { kind: 'freeze', epochMs: null };
  if (value === false) return { kind: 'unfreeze' };
  if (typeof value !== 'string')
    throw new BadRequest('"freeze" must be true, false or an instant.');
  return { kind: 'freeze', epochMs: readAt('freeze', value) };
};

const readMove = (body: Json | undefined): Move => {
  const object = readObject(body);
  knowsOnly(object, ['advance', 'to', 'freeze']);
  const { advance, to, freeze } = object;
  if (Object.keys(object).length !== 1) throw new BadRequest(SAY_ONE);
  if (advance !== undefined) return readAdvance(advance);
  if (to !== undefined) return { kind: 'to', epochMs: readAt('to', to) };
  if (freeze !== undefined) return readFreeze(freeze);
  throw new BadRequest(SAY_ONE);
};

/** How far the move goes from `nowMs`; 0 for one that only stops or starts the clock. */
const stepOf = (move: Move, nowMs: number): number => {
  if (move.kind === 'advance') return move.ms;
  if (move.kind === 'unfreeze' || move.epochMs === null) return 0;
  return move.epochMs - nowMs;
};

const isGoingBack = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'name' in error &&
  error.name === 'ClockWouldGoBack';

const backwards = (nowMs: number): Reply =>
  conflict(`The clock moves forward only. It is ${instant(nowMs)}.`);

const apply = (clock: MovableClock, move: Move): void => {
  if (move.kind === 'advance') clock.advance(move.ms);
  else if (move.kind === 'to') clock.moveTo(move.epochMs);
  else if (move.kind === 'unfreeze') clock.unfreeze();
  else if (move.epochMs === null) clock.freeze();
  else clock.freeze(move.epochMs);
};

/** For a clock that was not made with what an earlier run kept: as far as it can go forwards. */
const restore = (clock: MovableClock, kept: KeptClock): void => {
  const at = kept.frozenAtMs ?? Date.now() + kept.offsetMs;
  if (at > clock.now()) clock.moveTo(at);
  if (kept.frozenAtMs !== null) clock.freeze();
};

export const createClockDesk = (options: ClockDeskOptions, kept: KeptClock | null): ClockDesk => {
  const { clock } = options;
  let frozen = kept?.frozenAtMs != null;
  let last: Promise<unknown> = Promise.resolve();
  if (kept !== null) restore(clock, kept);

  const reading = (): Reply => ok({ now: instant(clock.now()), frozen });

  const carryOut = async (move: Move): Promise<Reply> => {
    const step = stepOf(move, clock.now());
    if (step < 0) return backwards(clock.now());
    if (step > limits.clockMoveMsMax)
      throw new BadRequest('The clock moves at most ten years at a time.');
    try {
      apply(clock, move);
    } catch (error) {
      if (isGoingBack(error)) return backwards(clock.now());
      throw error;
    }
    if (move.kind === 'freeze') frozen = true;
    if (move.kind === 'unfreeze') frozen = false;
    await Promise.all([options.save(), options.onClockMoved()]);
    options.changed();
    return reading();
  };

  return {
    read: reading,
    move: async (body) => {
      const move = readMove(body);
      // One move at a time, so that each answer tells of a world in which all is decided.
      const mine = last.then(() => carryOut(move));
      last = mine.catch(() => undefined);
      return mine;
    },
    kept: () => ({
      offsetMs: clock.now() - Date.now(),
      frozenAtMs: frozen ? clock.now() : null,
    }),
    nowMs: () => clock.now(),
  };
};
