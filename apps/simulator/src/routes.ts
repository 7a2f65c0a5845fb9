import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { Json } from '#kernel';
import { answer, answerOrCut, bodyOf, textIn } from './answering.js';
import { BadRequest, invalid, notFound, ok, type Reply } from './answers.js';
import { readCustomer, readNumber } from './customers.js';
import type { Desk } from './desk.js';
import { askHandshake } from './handshake.js';
import { sendInbound } from './inbound.js';
import { limits } from './limits.js';
import { registerMedia } from './media-routes.js';
import { changeMoods } from './moods.js';
import { phoneToJson, type Phone } from './phones.js';
import { field, optionalText, readObject } from './reading.js';
import { countUnread } from './sms-inbound.js';
import { registerSms } from './sms-routes.js';

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

const PAGE_SCRIPTS = [
  'simulator.js',
  'asking.js',
  'chat.js',
  'choices.js',
  'clock.js',
  'customers.js',
  'gauge.js',
  'handset.js',
  'links.js',
  'moods.js',
  'outbox.js',
  'state.js',
  'words.js',
] as const;

const pageFile = (name: string): Buffer => readFileSync(new URL(`./page/${name}`, import.meta.url));

const readWhole = (text: string | undefined, name: string, otherwise: number): number => {
  if (text === undefined) return otherwise;
  if (!/^\d{1,12}$/.test(text)) throw new BadRequest(`"${name}" must be a whole number.`);
  return Number(text);
};

const registerPage = (scope: FastifyInstance): void => {
  const scripts = PAGE_SCRIPTS.map(
    (name) => [`/page/${name}`, name, 'text/javascript; charset=utf-8'] as const,
  );
  const files = [
    ['', 'simulator.html', 'text/html; charset=utf-8'],
    ['/page/simulator.css', 'simulator.css', 'text/css; charset=utf-8'],
    ...scripts,
  ] as const;
  for (const [path, name, type] of files) {
    const bytes = pageFile(name);
    scope.get(path, async (_, reply) => reply.type(type).send(bytes));
  }
};

const registerClock = (scope: FastifyInstance, { clock }: Desk): void => {
  scope.get('/clock', async (_, reply) => answer(reply, clock.read()));
  scope.post('/clock', async (request, reply) => answer(reply, await clock.move(bodyOf(request))));
};

const registerMeta = (scope: FastifyInstance, desk: Desk): void => {
  scope.post('/meta/:version/:phoneNumberId/messages', async (request, reply) => {
    const outcome = await desk.graph.call({
      phoneNumberId: textIn(request.params, 'phoneNumberId') ?? '',
      authorization: request.headers.authorization,
      body: bodyOf(request),
    });
    return answerOrCut(request, reply, outcome);
  });
  scope.post('/handshake', async (_, reply) =>
    answer(reply, await askHandshake(desk.webhookUrl(), desk.options.verifyToken)),
  );
};

/** Makes phones JSON, with what waits in both inboxes. */
const phonesToJson = ({ options, sms }: Desk): ((phone: Phone) => Json) => {
  const unreadOf = sms === null ? () => 0 : countUnread(sms.inbound);
  const organisations = new Map(
    options.numbers.map((each) => [each.phoneNumberId, each.organisationName]),
  );
  return (phone) =>
    phoneToJson(phone, unreadOf(phone.customer, organisations.get(phone.phoneNumberId) ?? ''));
};

const registerPhones = (scope: FastifyInstance, desk: Desk): void => {
  const { numbers } = desk.options;
  scope.get('/numbers', async (_, reply) =>
    answer(reply, ok({ numbers, sms: desk.options.sms?.numbers ?? [] })),
  );
  scope.get('/phones', async (_, reply) =>
    answer(reply, ok({ phones: desk.phones.all().map(phonesToJson(desk)) })),
  );
  scope.put('/phones/:from', async (request, reply) => {
    const body = readObject(bodyOf(request));
    const number = readNumber(numbers, optionalText(body, 'to', limits.addressCharactersMax));
    const customer = readCustomer(textIn(request.params, 'from') ?? '');
    const name = optionalText(body, 'name', limits.nameCharactersMax) ?? null;
    const phone = desk.phones.name(number.phoneNumberId, customer, name);
    await desk.inbound.save();
    desk.watchers.changed();
    return answer(reply, ok(phonesToJson(desk)(phone)));
  });
  scope.get('/phones/:from/messages', async (request, reply) => {
    const { phoneNumberId } = readNumber(numbers, textIn(request.query, 'to'));
    const customer = readCustomer(textIn(request.params, 'from') ?? '');
    const messages = desk.phones.find(phoneNumberId, customer)?.bubbles ?? [];
    return answer(reply, ok({ messages }));
  });
  scope.post('/phones/:from/messages', async (request, reply) =>
    answer(
      reply,
      await sendInbound(desk.inbound, textIn(request.params, 'from') ?? '', bodyOf(request)),
    ),
  );
  scope.post('/phones/:from/read', async (request, reply) => {
    const body = bodyOf(request);
    const to =
      body === undefined
        ? undefined
        : optionalText(readObject(body), 'to', limits.addressCharactersMax);
    const { phoneNumberId } = readNumber(numbers, to);
    const customer = readCustomer(textIn(request.params, 'from') ?? '');
    const wamids = desk.phones.read(phoneNumberId, customer);
    desk.receipts.sendRead(wamids);
    return answer(reply, ok({ read: wamids.length }));
  });
};

const registerMoods = (scope: FastifyInstance, desk: Desk): void => {
  const held = (): number => desk.receipts.heldCount() + (desk.sms?.receipts.heldCount() ?? 0);
  const moods = (): Reply => ok({ ...desk.moods(), held: held() });
  scope.get('/moods', async (_, reply) => answer(reply, moods()));
  scope.post('/moods', async (request, reply) => {
    desk.setMoods(changeMoods(desk.moods(), bodyOf(request)));
    if (!desk.moods().whatsapp.holdReceipts) desk.receipts.release();
    if (!desk.moods().twilio.holdReceipts) desk.sms?.receipts.release();
    return answer(reply, moods());
  });
};

const registerProviders = (scope: FastifyInstance, desk: Desk): void => {
  scope.post('/receipts', async (request, reply) => {
    const body = bodyOf(request);
    const isSms = desk.sms !== null && field(body, 'sid') !== undefined;
    return answer(reply, await (isSms ? desk.sms.receipts : desk.receipts).byHand(body));
  });
  scope.post('/receipts/release', async (_, reply) => {
    const released = desk.receipts.release() + (desk.sms?.receipts.release() ?? 0);
    return answer(reply, ok({ released }));
  });
  scope.get('/outbox', async (request, reply) => {
    const limit = readWhole(textIn(request.query, 'limit'), 'limit', 100);
    const after = readWhole(textIn(request.query, 'after'), 'after', 0);
    if (limit < 1 || limit > limits.outboxPageMax)
      throw new BadRequest(`"limit" must be from 1 to ${limits.outboxPageMax}.`);
    return answer(reply, ok(desk.outbox.page(after, limit)));
  });
};

const registerEvents = (scope: FastifyInstance, { watchers }: Desk): void => {
  scope.get('/events', async (_, reply) => {
    reply.hijack();
    if (!watchers.add(reply.raw)) reply.raw.writeHead(503).end();
    return reply;
  });
};

/** JSON only: a page of another site cannot send that without asking first. */
const readJsonOnly = (scope: FastifyInstance): void => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => {
    try {
      const text = String(body);
      done(null, text === '' ? undefined : JSON.parse(text));
    } catch {
      done(new BadRequest('The body is no JSON.'), undefined);
    }
  });
};

/** Everything under /simulator. */
export const registerRoutes = (scope: FastifyInstance, desk: Desk): void => {
  readJsonOnly(scope);
  scope.addHook('onSend', async (_, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  scope.setErrorHandler((error, _, reply) => {
    const status =
      error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : undefined;
    const text = error instanceof Error ? error.message : 'Something went wrong.';
    if (error instanceof BadRequest) return answer(reply, invalid(text));
    return answer(reply, { status: status ?? 500, body: { error: text } });
  });
  scope.setNotFoundHandler((_, reply) => answer(reply, notFound('There is nothing here.')));
  registerPage(scope);
  registerClock(scope, desk);
  registerMeta(scope, desk);
  registerMedia(scope, desk.media);
  registerPhones(scope, desk);
  registerMoods(scope, desk);
  registerProviders(scope, desk);
  if (desk.sms !== null) registerSms(scope, desk.sms);
  registerEvents(scope, desk);
};
