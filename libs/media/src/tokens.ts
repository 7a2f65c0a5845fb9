/** Injection tokens for what the composition root makes. */
export const MEDIA_STORE = Symbol('MediaStore');
export const MEDIA_LINKS = Symbol('MediaLinks');
