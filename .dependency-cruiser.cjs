/** The import directions of ARCHITECTURE.md: a room imports from those below it, never from one above or from a cycle. */

/** Small modules at the root of src that everybody may use. */
const BASE = [
  ...['errors', 'files', 'machine', 'names', 'options', 'silence'],
  ...['tfjs', 'turns', 'vendor', 'version'],
];

/** What each room may import of the others, from the bottom up. */
const ROOMS = {
  compiler: [], // kernels and ONNX, nothing of GANs
  backends: ['compiler'],
  explain: ['backends', 'compiler', 'data'],
  data: [],
  images: ['data'], // pixels in, files out
  terminal: ['images', 'data'],
  gan: ['data', 'compiler', 'backends'],
  runs: ['gan', 'data', 'compiler', 'backends'],
  classifier: ['runs', 'gan', 'data', 'compiler', 'backends'],
  labelled: ['classifier', 'runs', 'gan', 'data', 'images', 'backends'],
  evaluation: ['labelled', 'classifier', 'runs', 'gan', 'data', 'images', 'compiler', 'backends'],
  datasets: ['labelled', 'classifier', 'backends', 'data', 'images'],
  training: [
    'evaluation',
    'labelled',
    'classifier',
    'runs',
    'gan',
    'data',
    'images',
    'compiler',
    'backends',
  ],
  projection: ['runs', 'gan', 'data', 'compiler', 'backends'],
  sweeps: ['training', 'evaluation', 'runs', 'gan', 'data', 'backends'],
  charts: ['runs', 'gan', 'data', 'images'],
  browser: ['charts', 'web'], // what runs in a page: of web types and what needs no Node.js
  web: ['charts', 'evaluation', 'runs', 'gan', 'data', 'images', 'backends'],
  library: [
    'drawings',
    'web',
    'charts',
    'sweeps',
    'datasets',
    'evaluation',
    'labelled',
    'classifier',
    'training',
    'runs',
    'gan',
    'data',
    'images',
    'backends',
  ],
  drawings: ['web', 'charts', 'training', 'runs', 'gan', 'data', 'images'],
};

const only = ([room, below]) => ({
  name: `${room}-imports-only`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: '^src/',
    pathNot: [room, ...below, ...BASE].map((folder) => `^src/${folder}(/|\\.ts$)`),
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'bin-imports-only-the-cli',
      severity: 'error',
      from: { path: '^bin/' },
      to: { pathNot: '^dist/cli(/signals)?\\.js$' },
    },
    ...Object.entries(ROOMS).map(only),
    {
      name: 'nobody-imports-commands',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli\\.ts|cli/|commands/)' },
      // The types of what --json prints are the library's too.
      to: { path: '^src/(commands/|cli/|cli\\.ts)', pathNot: '^src/cli/events\\.ts$' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
