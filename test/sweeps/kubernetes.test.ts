import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Sweep } from '../../src/runs/sweep.js';
import { scriptOf } from '../../src/sweeps/script.js';
import { combine } from '../../src/sweeps/axes.js';

const SWEEP: Sweep = {
  ...combine([{ name: 'seed', values: [1, 2, 3] }]),
  folder: "/data/it's a sweep",
  backend: 'wasm',
  threads: 2,
};

/** The published schema of a Job, as kubernetes-types has it: generated from the API's own OpenAPI description. */
function jobSchema(): object {
  const types = createRequire(import.meta.url).resolve('kubernetes-types/package.json');
  return createGenerator({
    path: join(types, '../batch/v1.d.ts'),
    type: 'Job',
    additionalProperties: false,
    skipTypeCheck: true,
  }).createSchema('Job');
}

it('the manifest for Kubernetes is a Job by the published schema, an index for each run', () => {
  const isJob = new Ajv({ strict: false, allErrors: true }).compile(jobSchema());
  const job = parse(scriptOf(SWEEP, 'kubernetes')) as Record<string, object>;
  isJob(job);
  expect(isJob.errors).toBe(null);
  expect(job.spec).toMatchObject({ completionMode: 'Indexed', completions: 3 });
  expect(JSON.stringify(job)).toContain(JSON.stringify(SWEEP.folder));
  // The schema says no to what no Job has.
  expect(isJob({ ...job, spec: { ...job.spec, completionsMode: 'Indexed' } })).toBe(false);
  expect(isJob({ ...job, spec: { ...job.spec, completions: 'three' } })).toBe(false);
});
