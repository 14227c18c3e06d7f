/** The import directions of ARCHITECTURE.md: downwards only, without cycles. */
const only = (from, allowed, comment) => ({
  name: `${from}-imports-only`,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [from, ...allowed].map((folder) => `^src/${folder}(/|\\.ts$)`) },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'bin-imports-only-the-cli',
      severity: 'error',
      from: { path: '^bin/' },
      to: { path: '^src/', pathNot: '^src/cli\\.ts$' },
    },
    only('compiler', ['options', 'errors'], 'the compiler knows kernels and ONNX, nothing of GANs'),
    only('backends', ['compiler', 'errors'], 'a backend runs what the compiler made'),
    only('data', ['files', 'options', 'version', 'errors'], 'data knows no models'),
    only(
      'models',
      ['data', 'files', 'options', 'version', 'errors'],
      'models are plain TensorFlow.js',
    ),
    only('images', ['files', 'options', 'version', 'errors'], 'pixels in, files out'),
    only('terminal', ['images', 'errors'], 'what is shown, not what is done'),
    only(
      'training',
      ['models', 'compiler', 'backends', 'data', 'images', 'files', 'options', 'version', 'errors'],
      'the loop knows no command line',
    ),
    only(
      'metrics',
      [
        'training',
        'models',
        'compiler',
        'backends',
        'data',
        'images',
        'files',
        'options',
        'version',
        'errors',
      ],
      'metrics judge what training made',
    ),
    only(
      'web',
      ['training', 'images', 'backends', 'files', 'options', 'version', 'errors'],
      'pages show runs',
    ),
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
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
