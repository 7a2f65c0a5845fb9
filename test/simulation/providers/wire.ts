import type { CallTerms, Exchange } from '#channels/http';
import { callTimeoutMs } from '#conversations';
import type { JsonObject } from '#kernel';
import type { Life } from '../machine/life.js';
import type { Machine } from '../machine/machine.js';
import type { Random } from '../machine/random.js';

/** What a provider answers. */
export type Said = { readonly status: number; readonly body: JsonObject | string };

type Weather = 'fine' | 'slow' | 'refused' | 'reset before' | 'reset after' | 'silent';

/** How HTTP calls fare between a process and a provider. */
export type Wire = {
  readonly machine: Machine;
  readonly random: Random;
  /** How often a call meets bad weather. */
  readonly trouble: number;
  /** Whether providers tell by themselves what became of a message. */
  readonly tells: boolean;
};

const weatherOf = ({ machine, random, trouble }: Wire): Weather =>
  machine.fails(trouble)
    ? random.oneOf('slow', 'refused', 'reset before', 'reset after', 'silent')
    : 'fine';

/**
 * One HTTP request, and what the client knows of it, as the real client tells it. `take` is the
 * provider's work: it is done when the request arrives, whether or not anybody still waits for the
 * answer.
 */
export const callOver = async (
  wire: Wire,
  life: Life,
  what: string,
  terms: CallTerms,
  take: () => Said,
): Promise<Exchange> => {
  const { machine, random } = wire;
  await life.effect(`call ${what}`);
  if (terms.signal.aborted) return { kind: 'not-started', why: 'aborted' };
  if (machine.nowMs >= terms.startBeforeMs) return { kind: 'not-started', why: 'deadline' };
  const weather = weatherOf(wire);
  if (weather !== 'fine') machine.note('wire', `${what}: ${weather}`);
  if (weather === 'refused') return { kind: 'unreachable', why: 'ECONNREFUSED' };
  let aborted = (): void => undefined;
  const letGo = (): void => terms.signal.removeEventListener('abort', aborted);
  life.onEnd(letGo);
  const answer = await new Promise<Exchange>((resolve) => {
    aborted = () => life.after(0, () => resolve({ kind: 'unknown', why: 'aborted' }));
    const toProvider =
      weather === 'slow' ? random.between(0, callTimeoutMs) : random.between(1, 80);
    const back = weather === 'slow' ? random.between(0, 30_000) : random.between(1, 80);
    if (weather !== 'reset before')
      machine.later(toProvider, () => {
        const said = take();
        const body = typeof said.body === 'string' ? said.body : JSON.stringify(said.body);
        const answered: Exchange = { kind: 'answer', status: said.status, headers: {}, body };
        if (weather === 'fine' || weather === 'slow') life.after(back, () => resolve(answered));
        if (weather === 'reset after')
          life.after(back, () => resolve({ kind: 'unknown', why: 'ECONNRESET' }));
      });
    else life.after(back, () => resolve({ kind: 'unknown', why: 'ECONNRESET' }));
    life.after(callTimeoutMs, () => resolve({ kind: 'unknown', why: 'timeout' }));
    terms.signal.addEventListener('abort', aborted, { once: true });
    if (machine.fails(life.crashes)) life.end(`CRASHED while ${what} is under way`);
  });
  letGo();
  await life.effect(`answered ${what}`);
  return answer;
};
