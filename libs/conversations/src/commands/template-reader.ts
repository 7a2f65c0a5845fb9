import { Inject, Injectable } from '@nestjs/common';
import {
  isErased,
  type MessageId,
  type NumberId,
  type OrganisationId,
  type StreamRevision,
  type TemplateId,
} from '#kernel';
import { DECIDES, type Decides, type Folded } from '#engine';
import { organisationDecider } from '#organisations';
import {
  approvalAt,
  filledTemplate,
  templateDecider,
  templateObstacle,
  type FilledTemplate,
  type Template,
  type TemplateRefused,
  type TemplateVariable,
} from '#templates';
import type { TemplateContent } from '../domain/content.js';
import { conversationDecider } from '../domain/conversation.js';
import type { TemplateWithdrawal, Withdrawals } from '../domain/template-withdrawal.js';
import type { Thread } from '../domain/thread.js';

export type ReadTemplate = {
  readonly template: FilledTemplate | TemplateRefused;
  readonly basis: readonly StreamRevision[];
};

type Waiting = readonly [MessageId, TemplateContent | null];

/** Reads from a template's own stream whether it may be sent from a number, and as what. */
@Injectable()
export class TemplateReader {
  constructor(@Inject(DECIDES) private readonly decisions: Decides) {}

  /** Filled in for a message from this number, or why there is none. */
  async filled(
    organisation: OrganisationId,
    number: NumberId,
    template: TemplateId,
    given: readonly TemplateVariable[],
  ): Promise<ReadTemplate> {
    const [account, read] = await Promise.all([
      this.account(organisation, number),
      this.template(organisation, template),
    ]);
    return {
      template: filledTemplate(read.state, account, given),
      basis: revisionOf(organisation, template, read),
    };
  }

  /** What has become of the templates that wait in a thread, at this revision of it or later. */
  async of(organisation: OrganisationId, id: string, revision: bigint): Promise<Withdrawals> {
    const thread = await this.thread(id, revision);
    const waiting = waitingIn(thread);
    if (waiting.length === 0 || !thread.numberId) return { templates: new Map(), basis: [] };
    const account = await this.account(organisation, thread.numberId);
    const ids = new Set(waiting.flatMap(([, content]) => content?.templateId ?? []));
    const read = new Map(
      await Promise.all(
        [...ids].map(async (each) => [each, await this.template(organisation, each)] as const),
      ),
    );
    const now = ([message, content]: Waiting) => {
      const state = content && read.get(content.templateId)?.state;
      return [message, state ? withdrawal(state, account, content) : null] as const;
    };
    return {
      templates: new Map(waiting.map(now)),
      basis: [...read].flatMap(([each, folded]) => revisionOf(organisation, each, folded)),
    };
  }

  private async thread(id: string, revision: bigint): Promise<Thread> {
    const known = await this.decisions.load(conversationDecider, id, { fresh: false });
    if (known.revision !== null && known.revision >= revision) return known.state;
    return (await this.decisions.load(conversationDecider, id, { fresh: true })).state;
  }

  private template(organisation: OrganisationId, id: TemplateId): Promise<Folded<Template>> {
    return this.decisions.load(templateDecider, `${organisation}-${id}`, { fresh: false });
  }

  /** Meta's account of a number; none at all for a number that is no longer the organisation's. */
  private async account(organisation: OrganisationId, number: NumberId): Promise<string> {
    const business = await this.decisions.load(organisationDecider, organisation, { fresh: false });
    return business.state.numbers.get(number)?.businessAccountId ?? '';
  }
}

/** Null where the words have been erased: what is to be said of that is said when they are sent. */
const waitingIn = ({ waiting, outbound }: Thread): readonly Waiting[] =>
  waiting.flatMap((messageId): readonly Waiting[] => {
    const message = outbound.get(messageId);
    if (message?.kind !== 'TEMPLATE') return [];
    const { content } = message;
    const isTemplate = content !== null && !isErased(content) && content.kind === 'template';
    return [[messageId, isTemplate ? content : null]];
  });

const withdrawal = (
  template: Template,
  account: string,
  { version }: TemplateContent,
): TemplateWithdrawal | null => {
  const approval = approvalAt(template, account);
  const obstacle = templateObstacle(approval);
  if (obstacle !== null) return obstacle;
  return approval?.version === version ? null : 'CHANGED';
};

const revisionOf = (
  organisation: OrganisationId,
  template: TemplateId,
  { revision }: Folded<Template>,
): readonly StreamRevision[] =>
  revision === null
    ? []
    : [{ stream: `template-${organisation}-${template}`, revision: String(revision) }];
