/** The database holds views of another read model. */
export class OtherFingerprint extends Error {
  override readonly name = 'OtherFingerprint';
}

/** Another connection has the views open, and they cannot be swapped under it. */
export class ViewsInUse extends Error {
  override readonly name = 'ViewsInUse';
}

/** More was stored than one call gives back. */
export class StoreLimitReached extends Error {
  override readonly name = 'StoreLimitReached';
}

/** The file is no database, or a damaged one. Views need not be mended: they can be rebuilt. */
export class ViewsUnreadable extends Error {
  override readonly name = 'ViewsUnreadable';
}
