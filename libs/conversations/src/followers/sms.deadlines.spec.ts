import { describe, it } from '@jest/globals';
import { given, recorded } from '#kernel/spec';
import { accepted, lookupDue, receipt, resolved, unknown } from '../spec/dispatches.js';
import { bridgeNotSent, bridgeRequested, bridgeSent } from '../spec/facts.js';
import { ownFailure } from '../domain/failure.js';
import { after, bridgeId, minuteMs, noon, secondMs, stream } from '../spec/people.js';
import { bridgeDeadlines } from './bridge.deadlines.js';
import { smsLookups } from './sms-lookups.deadlines.js';

const on = <Fact extends Parameters<typeof recorded>[0]>(fact: Fact) => recorded(fact, { stream });
const bridge = { message: bridgeId };
const to = { to: 'conversation' as const, id: 'acme-thread1' };
const lapse = { ...to, command: { type: 'LapseBridge' as const, bridgeId } };
const look = {
  ...to,
  command: { type: 'DueSmsLookup' as const, messageId: bridgeId, attempt: 1 },
};

describe('the deadline of a bridge', () => {
  it('falls due 15 minutes after it was asked for, to the millisecond', () => {
    given(bridgeDeadlines)(on(bridgeRequested(noon)))
      .at(after(15 * minuteMs - 1))
      .thenNothing();
    given(bridgeDeadlines)(on(bridgeRequested(noon)))
      .at(after(15 * minuteMs))
      .then(lapse);
  });

  it('is gone once it is known what became of it', () => {
    const known = [bridgeSent(after(1)), bridgeNotSent(after(1), ownFailure('any', 'any'))];
    for (const fact of known)
      given(bridgeDeadlines)(on(bridgeRequested(noon)), on(fact))
        .at(after(60 * minuteMs))
        .thenNothing();
  });
});

describe('looking for an SMS in the provider’s list', () => {
  it('F10: begins 5 seconds after its outcome is known to be unknown', () => {
    given(smsLookups)(on(unknown(noon, bridge)))
      .at(after(5 * secondMs - 1))
      .thenNothing();
    given(smsLookups)(on(unknown(noon, bridge)))
      .at(after(5 * secondMs))
      .then(look);
  });

  it('goes on a minute after each lookup', () => {
    const facts = [on(unknown(noon, bridge)), on(lookupDue(after(5 * secondMs), 1, bridge))];
    given(smsLookups)(...facts)
      .at(after(65 * secondMs - 1))
      .thenNothing();
    given(smsLookups)(...facts)
      .at(after(65 * secondMs))
      .then(look);
  });

  it('ends once anybody has told what became of it', () => {
    const known = [
      accepted(after(1), bridge),
      receipt(after(1), 'SENT', bridge),
      resolved(after(1), 'SEND_AGAIN', bridge),
    ];
    for (const fact of known)
      given(smsLookups)(on(unknown(noon, bridge)), on(fact))
        .at(after(60 * minuteMs))
        .thenNothing();
  });
});
