import { describe, expect, it } from '@jest/globals';
import { given, recorded } from '#kernel/spec';
import type { MessageId } from '#kernel';
import {
  accepted,
  badNumber,
  deferred,
  dispatching,
  receipt,
  rejected,
  retryDue,
  unknown,
} from '../spec/dispatches.js';
import { after, reply, stream } from '../spec/people.js';
import { dispatchDeadlines, reconcileTimeMs } from './dispatch.deadlines.js';
import { callStartsWithinMs, callTimeoutMs } from './thread-dispatcher.js';

const onThread = <Fact extends Parameters<typeof recorded>[0]>(fact: Fact) =>
  recorded(fact, { stream });
const due = (
  type: 'GiveUpDispatch' | 'RetryDispatch',
  messageId: MessageId = reply,
  attempt = 1,
) => ({
  to: 'conversation' as const,
  id: 'acme-thread1',
  command: { type, messageId, attempt },
});
const begun = onThread(dispatching(after(0)));
const off = onThread(deferred(after(1), after(9_000)));

describe('the deadlines of a dispatch', () => {
  it('F5: give it up after the reconcile time without an outcome, and not before', () => {
    given(dispatchDeadlines)(begun).at(after(119_999)).thenNothing();
    given(dispatchDeadlines)(begun).at(after(120_000)).then(due('GiveUpDispatch'));
  });

  it('give its own dispatcher the time to speak: a call ends before it is given up', () => {
    expect(reconcileTimeMs).toBe(120_000);
    expect(callStartsWithinMs).toBe(30_000);
    expect(callStartsWithinMs + callTimeoutMs).toBeLessThan(reconcileTimeMs);
  });

  it.each([
    accepted(after(1)),
    rejected(after(1), badNumber),
    unknown(after(1)),
    receipt(after(1), 'SENT'),
    receipt(after(1), 'FAILED'),
  ])('are over once there is an outcome: $type', (outcome) => {
    given(dispatchDeadlines)(begun, onThread(outcome)).at(after(999_999)).thenNothing();
  });

  it('try a message that was put off again at its time, and not before', () => {
    given(dispatchDeadlines)(begun, off).at(after(8_999)).thenNothing();
    given(dispatchDeadlines)(begun, off).at(after(9_000)).then(due('RetryDispatch'));
    given(dispatchDeadlines)(begun, off, onThread(retryDue(after(9_000))))
      .at(after(999_999))
      .thenNothing();
  });

  it('are of one attempt: the next has its own', () => {
    const second = onThread(dispatching(after(9_001), { attempt: 2 }));
    const late = onThread(receipt(after(9_002), 'FAILED'));
    given(dispatchDeadlines)(begun, off, onThread(retryDue(after(9_000))), second, late)
      .at(after(129_001))
      .then(due('GiveUpDispatch', reply, 2));
  });
});
