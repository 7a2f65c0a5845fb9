import { describe, expect, it } from '@jest/globals';
import { messageId, reject } from '#kernel';
import { given } from '#kernel/spec';
import type { TemplateRefused } from '#templates';
import { accepted, dispatching, outsideWindow, receipt, rejected } from '../../spec/dispatches.js';
import { ended, open, started, templateRequested, wrote } from '../../spec/facts.js';
import { after, dayMs, filled, noon, reply, second } from '../../spec/people.js';
import { bridging, confirm, receive, request, requestTemplate, tell } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';
import type { ConversationEvent } from '../events.js';

const { decide, evolve, initial } = conversationDecider;
const fold = (...facts: readonly ConversationEvent[]) => facts.reduce(evolve, initial);
const closed = after(dayMs);
const outside = { insideWindow: false };

const refusals: readonly TemplateRefused[] = [
  reject('TemplateUnknown'),
  reject('TemplatePending'),
  reject('TemplateNotApproved', { status: 'REJECTED' as const, reason: 'PROMOTIONAL' }),
  reject('TemplateVariablesWrong', { missing: ['customer_name'], unknown: [] }),
  reject('TemplateTooLong', { limit: 1_024, actual: 1_025 }),
];

describe('asking for a template', () => {
  it('R013, R062: is taken whether the window is open, expired or was never opened', () => {
    given(conversationDecider)(...open(noon))
      .when(requestTemplate(after(1)))
      .then(templateRequested(after(1)));
    given(conversationDecider)(...open(noon))
      .when(requestTemplate(closed))
      .then(templateRequested(closed, reply, outside));
    const late = wrote(noon, 'late', { opensWindow: false, windowClosesAt: null });
    given(conversationDecider)(started(noon), late)
      .when(requestTemplate(after(1)))
      .then(templateRequested(after(1), reply, outside));
  });

  it('R020, C24: goes by WhatsApp, wherever the customer was last', () => {
    const bySms = wrote(closed, 'by sms', { channel: 'SMS', opensWindow: false });
    given(conversationDecider)(...open(noon), bySms)
      .when(requestTemplate(after(dayMs + 1)))
      .then(templateRequested(after(dayMs + 1), reply, outside));
  });

  it('keeps the words, what stands in them, and what sends them', () => {
    const decision = decide(fold(...open(noon)), requestTemplate(after(1)));
    expect(decision).toMatchObject([{ data: { content: { kind: 'template', ...filled } } }]);
  });

  it.each(refusals)('R036, R043, R055: is refused with what the template says: $rejected', (no) => {
    given(conversationDecider)(...open(noon))
      .when(requestTemplate(after(1), reply, { template: no }))
      .thenRejected(no.rejected, no.details);
  });

  it('R132: is refused in a conversation that has ended, whatever the template says', () => {
    const template = reject('TemplatePending');
    given(conversationDecider)(...open(noon), ended(after(1)))
      .when(requestTemplate(after(2), reply, { template }))
      .thenRejected('ConversationHasEnded', { currentConversationId: null });
    given(conversationDecider)(...open(noon))
      .when(requestTemplate(after(2), reply, { conversationId: second }))
      .thenRejected('ConversationUnknown');
  });

  it('F39: the same key is the same request, whatever has become of the template since', () => {
    const asked = [...open(noon), templateRequested(after(1))];
    const again = { requestKey: `key-${reply}`, requestDigest: `digest-${reply}` };
    const other = messageId('other');
    given(conversationDecider)(...asked)
      .when(requestTemplate(after(2), other, again))
      .thenNothing();
    given(conversationDecider)(...asked)
      .when(requestTemplate(after(2), other, { ...again, template: reject('TemplatePending') }))
      .thenNothing();
    given(conversationDecider)(...asked)
      .when(requestTemplate(after(2), other, { ...again, requestDigest: 'another input' }))
      .thenRejected('IdempotencyKeyUsedOtherwise');
  });
});

const sent = [...open(noon), templateRequested(closed, reply, outside), dispatching(closed)];
const refused = {
  ...outsideWindow,
  reason: 'template_refused',
  message: 'WhatsApp refused this template.',
};

describe('a template that WhatsApp refuses as if the window mattered', () => {
  it('R007: fails in WhatsApp’s words, closes no window and leads to no bridge', () => {
    given(conversationDecider)(...sent)
      .when(tell(closed, { kind: 'rejected', failure: outsideWindow }, {}, bridging))
      .then(rejected(closed, refused));
    const failed = { failure: outsideWindow, terms: bridging };
    given(conversationDecider)(...sent, accepted(closed))
      .when(confirm(after(dayMs + 1), 'FAILED', {}, { failed }))
      .then(receipt(after(dayMs + 1), 'FAILED', {}, refused));
  });
});

describe('the customer’s answer to a template', () => {
  it('R008: opens the window again, and free-form works', () => {
    const answered = decide(fold(...sent, accepted(closed)), receive(after(dayMs + 5), 'yes'));
    if (!Array.isArray(answered)) throw new Error('refused');
    const thread = fold(...sent, accepted(closed), ...answered);
    expect(decide(thread, request(after(dayMs + 6), messageId('more')))).toMatchObject([
      { type: 'MessageRequested', data: { kind: 'FREE_FORM', insideWindow: true } },
    ]);
  });
});
