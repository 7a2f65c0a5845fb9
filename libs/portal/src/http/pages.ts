import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import type { PortalVisit } from '../commands/portal-codes.js';
import { fill, html, nothing, type Markup } from './markup.js';
import type { PortalPage } from './portal-conversations.js';
import { fullTime, initialsOf, listMarkup, whatsAppMarkup } from './rendering.js';

const read = (file: string): string =>
  readFileSync(new URL(`./page/${file}`, import.meta.url), 'utf8');

const types = {
  'portal.css': 'text/css; charset=utf-8',
  'portal.js': 'text/javascript; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'times.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
const versionCharacters = 12;

export type Asset = { readonly type: string; readonly text: string };

/** What the customer had written when it was not taken, and why it was not. */
export type Draft = { readonly text: string; readonly error: string };

export type ThreadPage = {
  readonly path: string;
  readonly visit: PortalVisit;
  readonly page: PortalPage;
  /** By which the message that is written next is known. */
  readonly key: string;
  readonly draft: Draft | null;
};

/** Every page that a customer can see. Those before a visit are the same bytes for every code. */
@Injectable()
export class PortalPages {
  private readonly assets = new Map<string, Asset>(
    Object.entries(types).map(([file, type]) => [file, { type, text: read(file) }]),
  );
  private readonly shell = read('page.html');
  private readonly noticeTemplate = read('notice.html');
  private readonly threadTemplate = read('thread.html');
  private readonly version = createHash('sha256')
    .update([...this.assets.values()].map(({ text }) => text).join('\n'))
    .digest('hex')
    .slice(0, versionCharacters);

  readonly gate = this.page('Your conversation', 'gate-page', fill(read('gate.html'), {}));
  readonly notValid = this.notice(
    'This link is no longer valid',
    'A link works once and for 24 hours. To continue, send the business a message on WhatsApp ' +
      'or answer its SMS.',
  );
  readonly tooMany = this.notice(
    'Too many attempts',
    'Too many links were tried from here in the last minute. Wait a minute, then open yours again.',
  );
  readonly foreign = this.notice(
    'Open the link from your SMS',
    'This was not asked for by a page of ours. Open the link from your SMS and press its button.',
  );
  readonly trouble = this.notice(
    'Something went wrong on our side',
    'Your conversation is safe. Go back, wait a moment, then try again.',
  );

  /** A style sheet, script or picture of the pages; null when there is none of that name. */
  asset(file: string): Asset | null {
    return this.assets.get(file) ?? null;
  }

  thread({ path, visit, page, key, draft }: ThreadPage): string {
    const { businessName, messages, cursor, whatsAppUrl } = page;
    const content = fill(this.threadTemplate, {
      initials: initialsOf(businessName),
      businessName,
      whatsApp: whatsAppMarkup(whatsAppUrl),
      self: path,
      events: `${path}/events`,
      action: `${path}/messages`,
      after: cursor ?? '',
      messages: listMarkup(messages, visit),
      empty: messages.length === 0 ? noMessages : nothing,
      key,
      draft: draft?.text ?? '',
      error: draft?.error ?? '',
      invalid: draft === null ? nothing : html` aria-invalid="true" autofocus`,
      until: fullTime(visit.validUntil),
    });
    return this.page(businessName, 'thread-page', content);
  }

  private notice(heading: string, text: string): string {
    return this.page(heading, 'gate-page', fill(this.noticeTemplate, { heading, text }));
  }

  private page(title: string, kind: string, content: Markup): string {
    const asset = (file: keyof typeof types) => `/p/-/${this.version}/${file}`;
    const [icon, style, script] = [asset('icon.svg'), asset('portal.css'), asset('portal.js')];
    return fill(this.shell, { title, kind, content, icon, style, script }).text;
  }
}

const noMessages = html`<div class="empty" id="empty">
  <h2>No messages yet</h2>
  <p>Write below. The answer appears here.</p>
</div>`;
