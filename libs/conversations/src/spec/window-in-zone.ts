import assert from 'node:assert/strict';
import fc from 'fast-check';
import { epochMs, instant, isRejection, messageId, type MessageId } from '#kernel';
import { conversationDecider, type ConversationCommand } from '../domain/conversation.js';
import type { ConversationEvent } from '../domain/events.js';
import type { Thread } from '../domain/thread.js';
import { closesAtMs, windowStatus } from '../domain/window.js';
import { outsideWindow } from './dispatches.js';
import { dayMs, hourMs, minuteMs, the } from './people.js';
import {
  acceptance,
  call,
  confirm,
  react,
  receive,
  request,
  startNext,
  tell,
  templatesOnly,
} from './wishes.js';
import { firstClosed, isOpenAt, momentsOf, type Act } from './window-oracle.js';

/** What the process says on its standard output. */
export type Reckoned = {
  /** Moments of some history at which the window was asked both ways. */
  readonly cases: number;
  readonly open: number;
  /** Messages that left, those that did not, and those that WhatsApp then refused. */
  readonly started: number;
  readonly held: number;
  readonly refused: number;
  /** When the clocks of this zone change in 2026. */
  readonly changes: readonly string[];
};

type Step =
  | { readonly does: 'acts'; readonly by: 'message' | 'reaction' | 'call' | 'sms'; lateMs: number }
  | { readonly does: 'sends'; readonly waitsMs: number }
  | { readonly does: 'accepts' | 'refuses' | 'refuses late' };

type Sent = { readonly id: MessageId; readonly startedMs: number };

/** A thread as it is played, and what an observer outside has noted of it. */
type Play = {
  thread: Thread;
  nowMs: number;
  readonly acts: Act[];
  readonly refusedStartsMs: number[];
  underWay: Sent | null;
  accepted: Sent | null;
};

const counted = { cases: 0, open: 0, started: 0, held: 0, refused: 0 };

const decided = (play: Play, command: ConversationCommand): readonly ConversationEvent[] => {
  const facts = conversationDecider.decide(play.thread, command);
  if (isRejection(facts)) throw new Error(`refused: ${facts.rejected}`);
  play.thread = facts.reduce(conversationDecider.evolve, play.thread);
  return facts;
};

const acts = (play: Play, { by, lateMs }: Step & { does: 'acts' }): void => {
  const at = instant(play.nowMs);
  const name = `${by}${play.thread.inbound.size + play.thread.happened.size}`;
  const claimedAt = instant(play.nowMs - lateMs);
  const told = { fingerprint: `print-${name}`, claimedAt };
  const bySms = by === 'sms' ? ({ channel: 'SMS', opensWindow: false } as const) : {};
  const opens = { claimedMs: epochMs(claimedAt), receivedMs: play.nowMs };
  if (by !== 'sms') play.acts.push(opens);
  const fact =
    by === 'reaction'
      ? decided(play, react(at, 'hello', told)).at(-1)
      : by === 'call'
        ? decided(play, call(at, told)).at(-1)
        : decided(play, receive(at, name, { ...told, ...bySms })).at(-1);
  assert(fact && 'windowClosesAt' in fact.data);
  const closes = firstClosed(play, momentsOf(play));
  assert.equal(fact.data.windowClosesAt, closes === undefined ? null : instant(closes));
};

/** Somebody answers; the dispatcher comes to it a little later, and may be too late. */
const sends = (play: Play, { waitsMs }: Step & { does: 'sends' }): void => {
  if (!play.thread.episode || play.underWay) return;
  const id = messageId(`reply${play.thread.outbound.size}`);
  let mayLeave = isOpenAt(play, play.nowMs);
  decided(play, request(instant(play.nowMs), id, { channel: 'WHATSAPP' }));
  play.nowMs += waitsMs;
  mayLeave &&= isOpenAt(play, play.nowMs);
  const facts = decided(play, startNext(instant(play.nowMs), `by-${id}`));
  const hasLeft = facts.some(({ type }) => type === 'DispatchStarted');
  assert.equal(hasLeft, mayLeave);
  if (hasLeft) play.underWay = { id, startedMs: play.nowMs };
  counted[hasLeft ? 'started' : 'held'] += 1;
};

const answers = (play: Play, does: 'accepts' | 'refuses' | 'refuses late'): void => {
  const at = instant(play.nowMs);
  const sent = does === 'refuses late' ? play.accepted : play.underWay;
  if (!sent) return;
  const of = { message: sent.id };
  if (does === 'accepts') {
    decided(play, tell(at, acceptance(of), of));
    play.accepted = sent;
  } else {
    const failed = { failure: outsideWindow, terms: templatesOnly };
    const isLate = does === 'refuses late';
    if (isLate) decided(play, confirm(at, 'FAILED', of, { failed }));
    else decided(play, tell(at, { kind: 'rejected', failure: outsideWindow }, of));
    play.refusedStartsMs.push(sent.startedMs);
    counted.refused += 1;
    if (isLate) play.accepted = null;
  }
  if (does !== 'refuses late') play.underWay = null;
};

const checked = (play: Play, ms: number): void => {
  const isOpen = isOpenAt(play, ms);
  const status = play.acts.length === 0 ? 'NEVER_OPENED' : isOpen ? 'OPEN' : 'EXPIRED';
  assert.equal(windowStatus(play.thread.window, ms), status);
  counted.cases += 1;
  if (isOpen) counted.open += 1;
};

type History = {
  readonly beginsMs: number;
  readonly steps: readonly (readonly [passedMs: number, step: Step])[];
  readonly asked: readonly number[];
};

const played = ({ beginsMs, steps, asked }: History): void => {
  const play: Play = {
    thread: conversationDecider.initial,
    nowMs: beginsMs,
    acts: [],
    refusedStartsMs: [],
    underWay: null,
    accepted: null,
  };
  for (const [passedMs, step] of steps) {
    play.nowMs += passedMs;
    if (step.does === 'acts') acts(play, step);
    else if (step.does === 'sends') sends(play, step);
    else answers(play, step.does);
  }
  const moments = momentsOf(play);
  assert.equal(closesAtMs(play.thread.window) ?? undefined, firstClosed(play, moments));
  for (const ms of [...moments, ...asked.map((passedMs) => beginsMs + passedMs)]) checked(play, ms);
};

/** As the clocks on the walls here say: the zone is that of the process. */
const changesMs = (): readonly number[] => {
  const stepMs = 30 * minuteMs;
  const year = Array.from({ length: (365 * dayMs) / stepMs }, (_, step) => step * stepMs);
  const offsetAt = (ms: number): number => new Date(ms).getTimezoneOffset();
  return year
    .map((ms) => epochMs(the('2026-01-01T00:00:00.000Z')) + ms)
    .filter((ms) => offsetAt(ms) !== offsetAt(ms - stepMs));
};

const elsewhere = [the('2026-03-29T01:00:00.000Z'), the('2026-10-25T01:00:00.000Z')].map(epochMs);

const histories = (changes: readonly number[]): fc.Arbitrary<History> => {
  const shortly = fc.constantFrom(0, 1, 1_000, minuteMs, hourMs);
  const inADay = fc.constantFrom(23 * hourMs, dayMs - 1, dayMs, dayMs + 1);
  const passed = fc.oneof({ arbitrary: shortly, weight: 3 }, inADay, fc.nat(dayMs));
  const late = fc.oneof(passed, fc.constantFrom(-1, -5 * minuteMs, -dayMs, 26 * hourMs));
  const bys = fc.constantFrom('message', 'message', 'reaction', 'call', 'sms');
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ does: fc.constant('acts'), by: bys, lateMs: late }),
    fc.record({ does: fc.constant('sends'), waitsMs: passed }),
    fc.record({ does: fc.constantFrom('accepts', 'refuses', 'refuses', 'refuses late') }),
  );
  return fc.record({
    beginsMs: fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -30 * hourMs, max: 30 * hourMs }))
      .map(([changeMs, ms]) => changeMs + ms),
    steps: fc.array(fc.tuple(passed, step), { minLength: 1, maxLength: 9 }),
    asked: fc.array(fc.integer({ min: -dayMs, max: 4 * dayMs }), { minLength: 30, maxLength: 30 }),
  });
};

const [, , runs = ''] = process.argv;
const changes = changesMs();
const around = changes.length > 0 ? changes : elsewhere;
fc.assert(fc.property(histories(around), played), { numRuns: Number(runs) });
const reckoned: Reckoned = { ...counted, changes: changes.map(instant) };
process.stdout.write(JSON.stringify(reckoned));
