import type { DomainEvent, Projection, Recorded, ViewRow } from '#kernel';
import { Fold } from './fold.js';
import type { ReadModel } from './port.js';

/**
 * Rows in memory, folded exactly as the views fold theirs, a row that cannot be folded included: it
 * stands still. For a look that no database keeps; whoever folds bounds how many facts there are.
 */
export class MemoryViews {
  private readonly fold: Fold;

  constructor(readModel: ReadModel) {
    this.fold = new Fold({
      readModel,
      read: () => Promise.resolve(new Map()),
      onParked: () => undefined,
      startsEmpty: true,
    });
  }

  /** Folds facts that follow directly on those folded before. */
  apply(facts: readonly Recorded[]): Promise<void> {
    return this.fold.apply(facts);
  }

  /** The rows of one projection of the read model, in no order. */
  rowsOf<Event extends DomainEvent, Row extends ViewRow>({
    table,
  }: Projection<Event, Row>): readonly Row[] {
    return this.fold
      .changes()
      .flatMap((change) => (change.table === table.name && change.row ? [change.row as Row] : []));
  }
}
