import { Inject, Injectable } from '@nestjs/common';
import type { OrganisationId } from '#kernel';
import { direction, page, VIEWS, type Page, type PageRequest, type ViewStore } from '#view-store';
import type { TemplateRow } from './templates.projection.js';

/** A template's place in the list: by name, then by language, then by id. */
export type TemplatePlace = readonly [name: string, language: string, templateId: string];

/** How many templates of an organisation are looked through for those that can be sent. */
const lookedThroughMax = 1_000;

/** Reads templates. Every query takes the organisation; another's rows do not exist. */
@Injectable()
export class TemplateQueries {
  constructor(@Inject(VIEWS) private readonly views: ViewStore) {}

  async templates(
    organisation: OrganisationId,
    request: PageRequest<TemplatePlace>,
  ): Promise<Page<TemplateRow>> {
    const { compare, order } = direction(request, 'oldest first');
    const beyond = request.beyond ? `AND (name, language, template_id) ${compare} (?, ?, ?)` : '';
    const rows = await this.views.query<TemplateRow>(
      organisation,
      `SELECT * FROM templates WHERE organisation_id = ? ${beyond}
       ORDER BY name ${order}, language ${order}, template_id ${order} LIMIT ?`,
      [organisation, ...(request.beyond ?? []), request.size + 1],
    );
    return page(rows, request);
  }

  /** All of an organisation, as far as a picker looks, in the order of the list. */
  all(organisation: OrganisationId): Promise<readonly TemplateRow[]> {
    return this.views.query<TemplateRow>(
      organisation,
      `SELECT * FROM templates WHERE organisation_id = ?
       ORDER BY name, language, template_id LIMIT ?`,
      [organisation, lookedThroughMax],
    );
  }

  async template(organisation: OrganisationId, id: string): Promise<TemplateRow | null> {
    const [row] = await this.views.query<TemplateRow>(
      organisation,
      'SELECT * FROM templates WHERE organisation_id = ? AND template_id = ?',
      [organisation, id],
    );
    return row ?? null;
  }
}
