import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { WebhookInbox } from '#webhooks';
import { Cursors, OwnWrites } from '#edge';
import { CHANCE, CLOCK, DECIDES, FINGERPRINTS, HISTORY, LIVE_TAIL, RECORD, TIMER } from '#engine';
import { VIEWS } from '#view-store';
import type { Platform } from './platform.js';

/** Gives the opened platform to whatever the business libs ask for. */
@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    const values = [
      { provide: DECIDES, useValue: platform.decisions },
      { provide: RECORD, useValue: platform.record },
      { provide: CLOCK, useValue: platform.clock },
      { provide: CHANCE, useValue: platform.chance },
      { provide: TIMER, useValue: platform.timer },
      { provide: FINGERPRINTS, useValue: platform.fingerprints },
      { provide: HISTORY, useValue: platform.history },
      { provide: LIVE_TAIL, useValue: platform.tail },
      { provide: VIEWS, useValue: platform.views },
      { provide: Cursors, useValue: platform.cursors },
      { provide: OwnWrites, useValue: new OwnWrites(platform.cursors, platform.views) },
    ];
    return {
      module: PlatformModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      providers: [...values, WebhookInbox],
      exports: [...values, WebhookInbox, CqrsModule],
    };
  }
}
