import { Module, type DynamicModule } from '@nestjs/common';
import type { MediaLinks } from './links.js';
import type { MediaStore } from './port.js';
import { MEDIA_LINKS, MEDIA_STORE } from './tokens.js';

/** Gives files and their links to whatever asks for them. */
@Module({})
export class MediaModule {
  static with(media: { readonly store: MediaStore; readonly links: MediaLinks }): DynamicModule {
    const values = [
      { provide: MEDIA_STORE, useValue: media.store },
      { provide: MEDIA_LINKS, useValue: media.links },
    ];
    return { module: MediaModule, global: true, providers: values, exports: values };
  }
}
