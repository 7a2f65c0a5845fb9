import { describe, it } from '@jest/globals';
import { given, recorded } from '#kernel/spec';
import type { Instant } from '#kernel';
import { called, reacted, windowOver, windowRefused, wrote } from '../spec/facts.js';
import { after, dayMs, hourMs, noon, stream } from '../spec/people.js';
import { windowExpiry } from './window-expiry.deadlines.js';

const expiry = (closesAt: Instant) => ({
  to: 'conversation' as const,
  id: 'acme-thread1',
  command: { type: 'ExpireWindow' as const, closesAt },
});
const onThread = <Fact extends Parameters<typeof recorded>[0]>(fact: Fact, recordedAt = fact.at) =>
  recorded(fact, { stream, metadata: { recordedAt } });

describe('the deadline of a window', () => {
  it('R003: falls due the very millisecond the window closes', () => {
    given(windowExpiry)(onThread(wrote(noon)))
      .at(after(dayMs - 1))
      .thenNothing();
    given(windowExpiry)(onThread(wrote(noon)))
      .at(after(dayMs))
      .then(expiry(after(dayMs)));
  });

  it('R004: moves with each later message: one deadline for a thread', () => {
    const facts = [onThread(wrote(noon)), onThread(wrote(after(hourMs), 'more'))];
    given(windowExpiry)(...facts)
      .at(after(dayMs))
      .thenNothing();
    given(windowExpiry)(...facts)
      .at(after(dayMs + hourMs))
      .then(expiry(after(dayMs + hourMs)));
  });

  it('Q04: moves with a reaction and with a call', () => {
    for (const fact of [reacted(after(hourMs)), called(after(hourMs))]) {
      const facts = [onThread(wrote(noon)), onThread(fact)] as never[];
      given(windowExpiry)(...facts)
        .at(after(dayMs))
        .thenNothing();
      given(windowExpiry)(...facts)
        .at(after(dayMs + hourMs))
        .then(expiry(after(dayMs + hourMs)));
    }
  });

  it('R009: is of one thread: another has its own', () => {
    const other = recorded(wrote(after(hourMs), 'other'), { stream: 'conversation-acme-thread2' });
    given(windowExpiry)(onThread(wrote(noon)), other)
      .at(after(dayMs + hourMs))
      .then(expiry(after(dayMs)), { ...expiry(after(dayMs + hourMs)), id: 'acme-thread2' });
  });

  it('is not set by a message that came too late to open the window, nor moved by it', () => {
    const late = onThread(wrote(after(-26 * hourMs), 'late', {}), noon);
    given(windowExpiry)(late)
      .at(after(9 * dayMs))
      .thenNothing();
    const justNow = onThread(wrote(after(-dayMs), 'late'), noon);
    given(windowExpiry)(justNow)
      .at(after(9 * dayMs))
      .thenNothing();
    const inTime = onThread(wrote(after(1 - dayMs), 'late'), noon);
    given(windowExpiry)(inTime)
      .at(after(1))
      .then(expiry(after(1)));
    given(windowExpiry)(
      onThread(wrote(noon)),
      onThread(wrote(after(-dayMs), 'late', { windowClosesAt: after(dayMs) }), after(1)),
    )
      .at(after(dayMs))
      .then(expiry(after(dayMs)));
  });

  it('is not set where no window has ever been opened', () => {
    const notice = wrote(noon, 'notice', { opensWindow: false, windowClosesAt: null });
    given(windowExpiry)(onThread(notice))
      .at(after(9 * dayMs))
      .thenNothing();
  });

  it('is done with once the expiry was told, or the provider has closed the window', () => {
    for (const closed of [windowOver(noon), windowRefused(after(2), after(1))])
      given(windowExpiry)(onThread(wrote(noon)), onThread(closed))
        .at(after(9 * dayMs))
        .thenNothing();
  });
});
