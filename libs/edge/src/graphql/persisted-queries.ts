/** What is kept of the documents that clients name by their hash. */
export const PERSISTED_QUERY_LIMITS = {
  documentsMax: 1_000,
  /** All of them together. */
  charactersMax: 4 * 1024 * 1024,
} as const;

type Limits = { readonly documentsMax: number; readonly charactersMax: number };

/** As Apollo asks for it. */
export type DocumentCache = {
  readonly get: (key: string) => Promise<string | undefined>;
  readonly set: (key: string, document: string) => Promise<void>;
  readonly delete: (key: string) => Promise<boolean>;
};

/**
 * Documents by their hash, the one that was asked for longest ago forgotten first. A client whose
 * document was forgotten sends it once more: the protocol of automatic persisted queries has it so.
 */
export const createDocumentCache = (limits: Limits = PERSISTED_QUERY_LIMITS): DocumentCache => {
  // In the order of their last use.
  const documents = new Map<string, string>();
  let characters = 0;

  const forget = (key: string): boolean => {
    characters -= documents.get(key)?.length ?? 0;
    return documents.delete(key);
  };
  const keep = (key: string, document: string): void => {
    forget(key);
    documents.set(key, document);
    characters += document.length;
  };

  return {
    get: async (key) => {
      const document = documents.get(key);
      if (document !== undefined) keep(key, document);
      return document;
    },
    set: async (key, document) => {
      keep(key, document);
      for (const oldest of documents.keys()) {
        if (documents.size <= limits.documentsMax && characters <= limits.charactersMax) break;
        forget(oldest);
      }
    },
    delete: async (key) => forget(key),
  };
};
