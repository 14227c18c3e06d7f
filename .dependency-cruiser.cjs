/** The import directions of ARCHITECTURE.md: downwards only, without cycles. */
/** Small modules at the root of src that everybody may use. */
const BASE = ['errors', 'files', 'options', 'tfjs', 'version'];

const only = (from, allowed, comment) => ({
  name: `${from}-imports-only`,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: {
    path: '^src/',
    pathNot: [from, ...allowed, ...BASE].map((folder) => `^src/${folder}(/|\\.ts$)`),
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'bin-imports-only-the-cli',
      severity: 'error',
      from: { path: '^bin/' },
      to: { pathNot: '^dist/cli\\.js$' },
    },
    only('compiler', [], 'the compiler knows kernels and ONNX, nothing of GANs'),
    only('backends', ['compiler'], 'a backend runs what the compiler made'),
    only('data', [], 'data knows no models'),
    only('models', ['data'], 'models are plain TensorFlow.js'),
    only('images', [], 'pixels in, files out'),
    only('terminal', ['images'], 'what is shown, not what is done'),
    only(
      'training',
      ['models', 'compiler', 'backends', 'data', 'images'],
      'the loop knows no command line',
    ),
    only(
      'metrics',
      ['training', 'models', 'compiler', 'backends', 'data', 'images'],
      'metrics judge what training made',
    ),
    only('datasets', ['metrics', 'backends', 'data', 'images'], 'sets of digits as files'),
    only('web', ['training', 'images', 'backends'], 'pages show runs'),
    {
      name: 'nobody-imports-commands',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli\\.ts|commands/)' },
      to: { path: '^src/(commands/|cli\\.ts)' },
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
