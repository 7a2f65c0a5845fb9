import { once } from 'node:events';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { epochMs } from '#kernel';
import { CLOCK, TIMER, type Clock, type Timer } from '#engine';
import { PortalCodes } from '../commands/portal-codes.js';
import type { Visitor } from './door.js';
import { streamHeaders } from './headers.js';
import {
  CursorUnknown,
  PORTAL_CONVERSATIONS,
  type PortalConversations,
} from './portal-conversations.js';
import { messageMarkup } from './rendering.js';
import { PORTAL_SETTINGS, type PortalSettings } from './settings.js';

/** How long a browser waits before it comes again after the connection was lost. */
const retryMs = 3_000;

export type Listener = Visitor & {
  /** The last change that the browser has seen; null: it has none to name. */
  readonly after: string | null;
};

/** The open streams of changes, one for each page that is being looked at. */
@Injectable()
export class LiveStreams implements OnModuleDestroy {
  private readonly open = new Map<AbortController, string>();

  constructor(
    private readonly codes: PortalCodes,
    @Inject(PORTAL_CONVERSATIONS) private readonly conversations: PortalConversations,
    @Inject(PORTAL_SETTINGS) private readonly settings: PortalSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TIMER) private readonly timer: Timer,
  ) {
    settings.metrics.gauge('portal_streams', 'Open portal pages', () => this.open.size);
  }

  /** Whether one more stream may be opened for a visit. */
  hasRoom(token: string): boolean {
    const { streamsInAll, streamsPerVisit } = this.settings.limits;
    const own = [...this.open.values()].filter((other) => other === token).length;
    return this.open.size < streamsInAll && own < streamsPerVisit;
  }

  /** Serves until the customer leaves, the visit is over, or the process goes away. */
  async serve(listener: Listener, reply: FastifyReply): Promise<void> {
    const ending = new AbortController();
    this.open.set(ending, listener.token);
    const { raw } = reply;
    raw.once('close', () => ending.abort());
    reply.hijack();
    raw.writeHead(200, { ...ownHeaders(reply), ...streamHeaders });
    raw.write(`retry: ${retryMs}\n\n`);
    try {
      await this.run(listener, reply, ending);
    } finally {
      this.open.delete(ending);
      ending.abort();
      raw.end();
    }
  }

  onModuleDestroy(): void {
    for (const ending of this.open.keys()) ending.abort();
  }

  private async run(
    listener: Listener,
    reply: FastifyReply,
    ending: AbortController,
  ): Promise<void> {
    const { signal } = ending;
    const beating = this.beat(listener, reply, ending);
    const untilOver = this.clock
      .until(epochMs(listener.visit.validUntil), signal)
      .then(() => this.end(reply, ending));
    try {
      await this.tell(listener, reply, ending);
    } catch (error) {
      if (error instanceof CursorUnknown) write(reply, 'event: stale\ndata:\n\n');
      else if (!signal.aborted) this.settings.log.error({ error }, 'a portal page was left behind');
    }
    ending.abort();
    await Promise.all([beating, untilOver]);
  }

  private async tell(
    { visit, after, code, token }: Listener,
    reply: FastifyReply,
    ending: AbortController,
  ): Promise<void> {
    const { signal } = ending;
    for await (const change of this.conversations.follow(visit.thread, after, signal)) {
      if (signal.aborted) return;
      if ((await this.codes.session(token, code)) === null) return this.end(reply, ending);
      const data = JSON.stringify({ html: messageMarkup(change.message).text });
      const id = change.cursor.replaceAll(/[\r\n\0]/g, '');
      // Whoever reads slowly is waited for: the next change is not taken before there is room.
      if (!write(reply, `id: ${id}\nevent: change\ndata: ${data}\n\n`))
        await once(reply.raw, 'drain', { signal });
    }
  }

  /** A code can be superseded while nothing is said: that ends its streams within a heartbeat. */
  private async beat(
    { code, token }: Listener,
    reply: FastifyReply,
    ending: AbortController,
  ): Promise<void> {
    const { signal } = ending;
    while (!signal.aborted) {
      await this.timer.sleep(this.settings.limits.heartbeatMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      const visit = await this.codes.session(token, code).catch(() => undefined);
      if (visit === null) return this.end(reply, ending);
      write(reply, 'event: alive\ndata:\n\n');
    }
  }

  private end(reply: FastifyReply, ending: AbortController): void {
    if (ending.signal.aborted) return;
    write(reply, 'event: over\ndata:\n\n');
    ending.abort();
  }
}

const write = ({ raw }: FastifyReply, text: string): boolean =>
  raw.destroyed || raw.writableEnded ? true : raw.write(text);

/** What the server has set on the answer so far, which a hijacked answer would lose. */
const ownHeaders = (reply: FastifyReply): Record<string, number | string | string[]> =>
  Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
