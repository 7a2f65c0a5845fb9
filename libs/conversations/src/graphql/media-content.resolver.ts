import { Inject } from '@nestjs/common';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { MEDIA_LINKS, type MediaLinks } from '#media';
import type { MediaShape } from './content-shape.js';

@Resolver('MediaContent')
export class MediaContentResolver {
  constructor(@Inject(MEDIA_LINKS) private readonly links: MediaLinks) {}

  @ResolveField('url')
  url(@Parent() { state, organisationId, id }: MediaShape): string | null {
    return state === 'STORED' ? this.links.urlOf(organisationId, id) : null;
  }
}
