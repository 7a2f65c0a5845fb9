import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { RecordedEvent } from '../log/event.js';
import { PAGE_EVENTS } from '../log/log.js';
import { invalidArgument } from '../wire/errors.js';

/** Which events are told, and how often a place in the log is told where none was. */
export type Filter = {
  readonly allows: (event: RecordedEvent) => boolean;
  /** How many events may be looked through before a checkpoint is told; null: never. */
  readonly checkpointAfter: number | null;
};

export const everything: Filter = { allows: () => true, checkpointAfter: null };

type Expression = streams.ReadReq.Options.FilterOptions.Expression;

const matching = (expression: Expression): ((text: string) => boolean) => {
  if (expression.getRegex() !== '') {
    const regex = new RegExp(expression.getRegex(), 'u');
    return (text) => regex.test(text);
  }
  const prefixes = expression.getPrefixList();
  return (text) => prefixes.some((prefix) => text.startsWith(prefix));
};

/** Throws CallFailed when the options hold neither a filter nor its absence. */
export const filterFrom = (options: streams.ReadReq.Options): Filter => {
  if (options.hasNoFilter()) return everything;
  const filter = options.getFilter();
  const ofStreams = filter?.getStreamIdentifier();
  const ofTypes = filter?.getEventType();
  const expression = ofStreams ?? ofTypes;
  if (filter === undefined || expression === undefined) throw invalidArgument('no filter');
  if (!filter.hasMax() && !filter.hasCount()) throw invalidArgument('no window of a filter');
  const matches = matching(expression);
  const window = filter.hasMax() ? filter.getMax() : PAGE_EVENTS;
  return {
    allows: ({ stream, type }) => matches(ofStreams === undefined ? type : stream),
    checkpointAfter: window * filter.getCheckpointintervalmultiplier(),
  };
};
