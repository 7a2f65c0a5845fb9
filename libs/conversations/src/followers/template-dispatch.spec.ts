import { describe, expect, it } from '@jest/globals';
import { instant, messageId, type DomainEvent, type Instant } from '#kernel';
import { organisationDecider, type OrganisationCommand } from '#organisations';
import { templateDecider, type TemplateCommand } from '#templates';
import { TemplateReader } from '../commands/template-reader.js';
import { shownStatus } from '../domain/delivery.js';
import { acme, dayMs, filled, noon, number, reply } from '../spec/people.js';
import { dispatcherIn, followed } from '../spec/dispatching.js';
import { ScriptedSender, acceptedAs, putOff, refusedAs } from '../spec/scripted-sender.js';
import { receive, request, requestTemplate, retry } from '../spec/wishes.js';
import { contextAt, world } from '../spec/world.js';

const account = '2080';
const second = messageId('second');
const { templateId } = filled;
const values = [{ name: 'customer_name', value: 'Daniel' }];

/** A business whose number may send the reminder, and a customer whose window is closed. */
const begun = async () => {
  const place = world();
  const business = (command: OrganisationCommand) =>
    place.decisions.run(organisationDecider, acme, command, contextAt(noon));
  const template = (command: TemplateCommand) =>
    place.decisions.run(templateDecider, `${acme}-${templateId}`, command, contextAt(noon));
  const review = (verdict: 'APPROVED' | 'PAUSED') =>
    template({ type: 'RecordReview', at: noon, businessAccountId: account, verdict, reason: null });
  await business({ type: 'Found', at: noon, name: 'AcmeMotors' });
  const connect = { phoneNumberId: '1070', businessAccountId: account, displayPhoneNumber: '+44' };
  await business({ type: 'ConnectNumber', at: noon, numberId: number, ...connect });
  const body = 'Hello {{customer_name}}, see you at five.';
  const { name, language } = filled;
  const said = { templateId, name, language, category: 'UTILITY' as const, body };
  await template({ type: 'DraftTemplate', at: noon, ...said });
  await template({ type: 'SubmitTemplate', at: noon, businessAccountIds: [account] });
  await review('APPROVED');
  await place.say(receive(noon));
  place.clock.advance(dayMs);
  const at = instant(place.clock.now());
  const reader = new TemplateReader(place.decisions);
  const append = (fact: DomainEvent) =>
    place.log.append(`template-${acme}-${templateId}`, 'any', [
      { ...fact, id: contextAt(noon).commandId as never, metadata: metadata(noon) },
    ]);
  return { place, at, review, reader, append };
};

const metadata = (at: Instant) => {
  const { commandId, correlationId, causationId, organisationId, actor, basis } = contextAt(at);
  const who = { commandId, correlationId, causationId, organisationId, actor, basis };
  return { ...who, recordedAt: at, capability: null, subject: null };
};

type Begun = Awaited<ReturnType<typeof begun>>;
const statusOf = async ({ place }: Begun, name = reply) => {
  const message = (await place.fold()).outbound.get(name);
  return message && shownStatus(message.delivery);
};
const failureOf = async ({ place }: Begun, name = reply) =>
  (await place.fold()).outbound.get(name)?.delivery.failure;

describe('sending a template', () => {
  it('R007, R013: leaves in a closed window, as WhatsApp knows it, in its turn', async () => {
    const all = await begun();
    const { place, at, reader } = all;
    const { template } = await reader.filled(acme, number, templateId, values);
    expect(template).toEqual({ ...filled });
    await place.say(requestTemplate(at, reply, { template }));
    await place.say(requestTemplate(at, second, { template }));
    const sender = new ScriptedSender();
    await followed(place, dispatcherIn(place, sender, { templates: reader }));
    const { name, language } = filled;
    const content = { kind: 'template', name, language, variables: values };
    expect(sender.calls.map(({ content: sent }) => sent)).toEqual([content, content]);
    expect((await place.fold()).window.lastCustomerMessageAtMs).not.toBeNull();
    const facts = await place.facts();
    const intent = facts.find(({ type }) => type === 'DispatchStarted');
    expect(intent?.metadata.basis).toContainEqual({
      stream: `template-${acme}-${templateId}`,
      revision: '2',
    });
  });

  it('R043: fails if WhatsApp has withdrawn its approval before it leaves', async () => {
    const all = await begun();
    const { place, at, reader, review } = all;
    await place.say(requestTemplate(at));
    await review('PAUSED');
    await place.say(receive(at, 'back'));
    await place.say(request(at, second));
    const sender = new ScriptedSender();
    await followed(place, dispatcherIn(place, sender, { templates: reader }));
    expect(sender.calls.map(({ content }) => content.kind)).toEqual(['text']);
    expect(await statusOf(all)).toBe('FAILED');
    expect(await failureOf(all)).toMatchObject({ reason: 'template_not_approved' });
  });

  it('R043: asks again before each try', async () => {
    const all = await begun();
    const { place, at, reader, review } = all;
    await place.say(requestTemplate(at));
    const sender = new ScriptedSender(putOff(null), acceptedAs('wamid.never'));
    const dispatcher = dispatcherIn(place, sender, { templates: reader });
    const read = await followed(place, dispatcher);
    await review('PAUSED');
    await place.say(retry(at));
    await followed(place, dispatcher, read);
    expect(sender.calls).toHaveLength(1);
    expect(await failureOf(all)).toMatchObject({ reason: 'template_not_approved' });
  });

  it('fails if the template says something else by now', async () => {
    const all = await begun();
    const { place, at, reader, append } = all;
    await place.say(requestTemplate(at));
    const { name, language } = filled;
    const data = { templateId, version: 2, name, language, category: 'UTILITY', body: 'New.' };
    await append({ type: 'TemplateVersionDrafted', at, data });
    const review = { templateId, version: 2, businessAccountId: account };
    await append({ type: 'TemplateApproved', at, data: review });
    const other = new TemplateReader(place.deciding());
    const sender = new ScriptedSender();
    await followed(place, dispatcherIn(place, sender, { templates: other }));
    expect(sender.calls).toEqual([]);
    expect(await failureOf(all)).toMatchObject({ reason: 'template_changed' });
    expect(await reader.of(acme, 'acme-nobody', 0n)).toMatchObject({ basis: [] });
  });

  it('reads a thread that another process has written to, up to the fact in hand', async () => {
    const { place, at } = await begun();
    const elsewhere = place.deciding();
    const reader = new TemplateReader(elsewhere);
    expect((await reader.of(acme, `${acme}-thread1`, 0n)).templates.size).toBe(0);
    await place.say(requestTemplate(at));
    const { revision = 0n } = (await place.facts()).at(-1) ?? {};
    expect([...(await reader.of(acme, `${acme}-thread1`, revision)).templates]).toEqual([
      [reply, null],
    ]);
  });

  it('R106, R107: ends FAILED in WhatsApp’s words, and leads to no bridge', async () => {
    const all = await begun();
    const { place, at, reader } = all;
    await place.say(requestTemplate(at));
    const sender = new ScriptedSender(refusedAs('132015', 'template_paused'));
    await followed(place, dispatcherIn(place, sender, { templates: reader }));
    expect(await failureOf(all)).toMatchObject({
      reason: 'template_paused',
      providerCode: '132015',
      providerMessage: 'what went wrong',
    });
    expect((await place.fold()).bridge).toBeNull();
  });
});
