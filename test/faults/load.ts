import { setTimeout as wait } from 'node:timers/promises';
import type { Casement } from '../harness/casement.js';
import { Talk } from '../harness/talk.js';
import type { Random } from '../simulation/machine/random.js';
import { Broken, type Customer } from './customer.js';
import type { Outside } from './outside.js';

const turnMsMax = 25;
const fileProbability = 0.12;
const twiceProbability = 0.1;
const againAfterMs = 30;

export type Loading = {
  readonly casement: Casement;
  readonly outside: Outside;
  readonly random: Random;
  /** True once the process is gone. */
  readonly isOver: () => boolean;
};

/** The customer's side, as Meta delivers it: the same again until it was taken, and now and then twice. */
export const says = async (of: Customer, { outside, random }: Loading): Promise<void> => {
  const last = of.said.at(-1);
  const isFile = random.happens(fileProbability);
  const fresh = { text: `i${of.said.length}`, isFile, acknowledged: false };
  const next = last && !last.acknowledged ? last : fresh;
  if (next === fresh) of.said.push(fresh);
  next.acknowledged = await outside.delivers(of, next);
  if (next.acknowledged && random.happens(twiceProbability)) await outside.delivers(of, next);
};

/** The member's side, as a client sends it: the same key again until there was an answer. */
export const sends = async (of: Customer, { casement }: Loading): Promise<void> => {
  const last = of.wanted.at(-1);
  const fresh = {
    text: `o${of.wanted.length}`,
    acknowledged: false,
    messageId: null,
    refusal: null,
  };
  const next = last && !last.acknowledged ? last : fresh;
  if (next === fresh) of.wanted.push(fresh);
  const { text } = next;
  const idempotencyKey = `${of.phone} ${text}`;
  const sent = await new Talk(casement).sends(of.conversationId, text, { idempotencyKey });
  // The views cannot show it in time, as on a full disk: nobody was told which message it is.
  const code = sent.refusal?.code ?? 'WINDOW_EXPIRED';
  if (sent.message === null && code === 'WINDOW_EXPIRED') throw new Error('it is not shown yet');
  if (sent.message === null) throw new Broken(`"${text}" to ${of.phone} was refused: ${code}`);
  next.messageId = sent.message.id;
  next.refusal = sent.refusal?.code ?? null;
  next.acknowledged = true;
};

/** Takes turn after turn until the process is gone; a turn that fails is taken again. */
export const keepsOn = async (turn: () => Promise<void>, loading: Loading): Promise<void> => {
  while (!loading.isOver()) {
    await attempted(turn);
    await wait(loading.random.below(turnMsMax));
  }
};

/** Tries until it is done or the process is gone; whether it is done. */
export const insists = async (
  turn: () => Promise<void>,
  isOver: () => boolean,
): Promise<boolean> => {
  while (!isOver()) {
    if (await attempted(turn)) return true;
    await wait(againAfterMs);
  }
  return false;
};

/** Whoever asks a process that is killed gets no answer; a broken promise is another matter. */
const attempted = async (turn: () => Promise<void>): Promise<boolean> => {
  try {
    await turn();
    return true;
  } catch (error) {
    if (error instanceof Broken) throw error;
    return false;
  }
};
