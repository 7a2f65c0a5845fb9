/** Types that a browser may show or play in a page; whatever else there is, it saves. */
const shown: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'image/gif': 'gif',
    'image/webp': 'webp',
    'audio/ogg': 'ogg',
    'audio/mpeg': 'mp3',
    'audio/aac': 'aac',
    'audio/amr': 'amr',
    'audio/wav': 'wav',
    'audio/mp4': 'm4a',
    'video/mp4': 'mp4',
    'video/3gpp': '3gp',
    'video/quicktime': 'mov',
  }),
);

const saved: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'application/pdf': 'pdf',
    'application/zip': 'zip',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
    'application/msword': 'doc',
    'application/vnd.ms-excel': 'xls',
    'application/vnd.ms-powerpoint': 'ppt',
    'text/plain': 'txt',
    'text/csv': 'csv',
  }),
);

/** Other endings that files of a type really have. */
const alsoEndsIn: ReadonlyMap<string, readonly string[]> = new Map([
  ['image/jpeg', ['jpeg']],
  ['audio/ogg', ['oga', 'opus']],
  ['text/plain', ['log', 'md', 'text']],
]);

const nameCharactersMax = 120;
/** Separators of folders, controls, quotes, and signs that turn the direction of writing around. */
const unsafe = /[\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

export type NamedFile = {
  readonly mimeType: string;
  /** As the sender called it; null when they did not. */
  readonly filename: string | null;
  /** The file's kind in a word, for one without a name: `image`. */
  readonly word: string;
};

/** A name that ends as the type does: nothing that is called a picture starts a program. */
export const fileNameOf = ({ mimeType, filename, word }: NamedFile): string => {
  const clean = (filename ?? '').normalize('NFC').replace(unsafe, ' ').replace(/ +/g, ' ').trim();
  const name = Array.from(clean.replace(/^[. ]+|[. ]+$/g, ''))
    .slice(0, nameCharactersMax)
    .join('');
  const named = name === '' ? word : name;
  const ending = shown.get(mimeType) ?? saved.get(mimeType);
  if (ending === undefined) return named;
  const endings = [ending, ...(alsoEndsIn.get(mimeType) ?? [])];
  return endings.some((each) => named.toLowerCase().endsWith(`.${each}`))
    ? named
    : `${named}.${ending}`;
};

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

/** The header for a file that is shown where it may be, or saved (RFC 6266). */
export const contentDisposition = (file: NamedFile, isDownload: boolean): string => {
  const name = fileNameOf(file);
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/[%\\"]/g, '_');
  const how = !isDownload && shown.has(file.mimeType) ? 'inline' : 'attachment';
  return `${how}; filename="${plain}"; filename*=UTF-8''${encoded(name)}`;
};
