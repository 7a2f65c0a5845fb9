import { Inject, Injectable } from '@nestjs/common';
import { CHANCE, TIMER, type Chance, type Timer } from '#engine';
import { Attempts } from './attempts.js';
import type { Visitor } from './door.js';
import { PortalPages, type Draft } from './pages.js';
import { PORTAL_CONVERSATIONS, type PortalConversations } from './portal-conversations.js';
import { PORTAL_SETTINGS, type PortalSettings } from './settings.js';
import { keyFrom, writtenText } from './written-text.js';

/** A message that was not taken: why, in words for the customer, and the words they wrote. */
export type Refused = Draft & { readonly status: number };

/** Shows a visitor their thread, and takes down what they write in it. */
@Injectable()
export class ThreadDesk {
  private readonly messages: Attempts;

  constructor(
    private readonly pages: PortalPages,
    @Inject(PORTAL_CONVERSATIONS) private readonly conversations: PortalConversations,
    @Inject(PORTAL_SETTINGS) private readonly settings: PortalSettings,
    @Inject(CHANCE) private readonly chance: Chance,
    @Inject(TIMER) timer: Timer,
  ) {
    const { messagesPerVisit: max, periodMs, countedMax: keysMax } = settings.limits;
    this.messages = new Attempts({ max, periodMs, keysMax }, () => timer.monotonicMs());
  }

  /** The page of the thread; with `draft`, what was written and why it was not taken. */
  async page({ code, visit }: Visitor, draft: Draft | null): Promise<string> {
    const page = await this.conversations.page(visit.thread);
    const path = `/p/${code}`;
    return this.pages.thread({ path, visit, page, key: this.chance.uuid(), draft });
  }

  /** Takes a form's message. Null when it was written. */
  async take({ token, visit }: Visitor, body: unknown): Promise<Refused | null> {
    const form = new URLSearchParams(typeof body === 'string' ? body : '');
    const given = writtenText(form.get('text') ?? '', this.settings.limits.textCharactersMax);
    const { text } = given;
    if (given.kind === 'wrong') return { status: 422, text, error: given.says };
    if (this.messages.admit(token) === null) return { status: 429, text, error: sentences.tooFast };
    const key = keyFrom(form.get('key')) ?? this.chance.uuid();
    const written = await this.conversations.write(visit.thread, text, key);
    return written === 'written' ? null : { status: 503, text, error: sentences.busy };
  }
}

const sentences = {
  tooFast:
    'You have sent many messages in the last minute. Wait a minute, then send this one again.',
  busy: 'The message was not sent, because too much is going on. Send it again in a moment.',
} as const;
