/** Specs that say the same whatever the stores are; all others are run a second time. */
export const leftOut: readonly { readonly paths: RegExp; readonly because: string }[] = [
  {
    paths: /dist\/(?:libs|bench)\//,
    because: 'no engine is started there, and whoever has adapters runs the same specs on each',
  },
  {
    paths: /dist\/apps\/(?:simulator|worker)\//,
    because: 'no engine is started there',
  },
  {
    paths: /dist\/apps\/cli\/src\/(?:cli|rebuild\/check-file)\.spec/,
    because: 'of the files of a data directory, which are copied, damaged and compared',
  },
  {
    paths: /dist\/apps\/cli\/src\/doctor\//,
    because: 'of the machine that the doctor runs on',
  },
  {
    paths: /dist\/test\/(?:eventstoredb-node|postgres)\//,
    because: 'has servers of its own, in every run',
  },
  {
    paths: /dist\/test\/clusters\//,
    because: 'has servers of its own, in every run',
  },
  {
    paths: /dist\/test\/scenarios\/full-disk\.spec/,
    because: 'the disk of a server is not full because a process of ours may write no more',
  },
  {
    paths: /dist\/test\/faults\//,
    because: 'kills at writes to the files of the embedded log',
  },
  {
    paths: /dist\/test\/simulation\//,
    because: 'has stores of its own, on a machine that it plays',
  },
  {
    paths: /dist\/test\/(?:(?:docker|external)\/|[a-z]+\.spec)/,
    because: 'of the project, its files and images',
  },
];
