import type { Dispatcher, Recorded } from '#kernel';
import type { Decides } from '#engine';
import type { BridgeTerms } from '../domain/bridge.js';
import type { ConversationEvent } from '../domain/events.js';
import { PaceOfNumbers } from '../followers/pace-of-numbers.js';
import type { Addressees } from '../followers/whatsapp-request.js';
import { whatsAppDispatcher } from '../followers/whatsapp.dispatcher.js';
import type { ScriptedSender } from './scripted-sender.js';
import { daniel } from './people.js';
import { templatesOnly } from './wishes.js';
import type { WaitingTemplates } from '../followers/waiting-templates.js';
import { noWithdrawals } from '../domain/template-withdrawal.js';
import { SteppingTimer, type world } from './world.js';

export const danielsPhone = '+447700900281';

/** Everybody is where they always were. */
export const addressees: Addressees = {
  recipient: async () => ({ kind: 'phone', phone: danielsPhone }),
  phoneNumberId: async () => '1070',
  fingerprint: async (_, id) => `print-${id}`,
};

type World = ReturnType<typeof world>;
type Over = {
  readonly addressees?: Partial<Addressees>;
  readonly decisions?: Decides;
  readonly terms?: BridgeTerms;
  readonly timer?: SteppingTimer;
  readonly templates?: WaitingTemplates;
};

/** A dispatcher in that world, and the sender that it calls. */
export const dispatcherIn = (
  { clock, chance, decisions }: World,
  sender: ScriptedSender,
  over: Over = {},
) => {
  const timer = over.timer ?? new SteppingTimer();
  return whatsAppDispatcher({
    sender,
    clock,
    chance,
    timer,
    pace: new PaceOfNumbers(timer),
    decisions: over.decisions ?? decisions,
    addressees: { ...addressees, ...over.addressees },
    templates: over.templates ?? { of: async () => noWithdrawals },
    bridgeTerms: {
      ofThread: async () => ({
        contactId: daniel,
        terms: over.terms ?? templatesOnly,
        basis: [],
      }),
    },
  });
};

const factsMax = 1_000;

/** Shows the dispatcher the facts of the thread from `from` on, its own included, until it is done. */
export const followed = async (
  { facts }: World,
  dispatcher: Pick<Dispatcher, 'types'> & {
    dispatch(recorded: Recorded<ConversationEvent>, signal: AbortSignal): Promise<void>;
  },
  from = 0,
): Promise<number> => {
  const { signal } = new AbortController();
  let known = await facts();
  for (let place = from; place < factsMax; place += 1) {
    if (place >= known.length) known = await facts();
    const recorded = known[place];
    if (!recorded) return place;
    if (dispatcher.types.includes(recorded.type)) await dispatcher.dispatch(recorded, signal);
  }
  throw new Error('it is never done');
};
