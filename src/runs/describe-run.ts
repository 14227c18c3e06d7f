import { version_core } from '@tensorflow/tfjs-core';
import { version_layers } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backends/index.js';
import type { DataSet } from '../data/image-set.js';
import { VERSION } from '../version.js';
import type { RunOptions } from '../gan/options.js';
import type { RunDescription } from './run-description.js';

export function describeRun(
  options: RunOptions,
  mnist: DataSet,
  dataFolder: string | undefined,
  backend: Backend,
  checkpointEvery: number,
): RunDescription {
  return {
    options,
    backend: describeBackend(backend),
    data: {
      ...(dataFolder === undefined ? {} : { folder: dataFolder }),
      source: mnist.source,
      digests: mnist.digests,
      shape: mnist.shape,
      classes: mnist.classes,
      ...(mnist.reading && { reading: mnist.reading }),
    },
    checkpointEvery,
    versions: {
      'gan-mnist': VERSION,
      node: process.versions.node,
      'tfjs-core': version_core,
      'tfjs-layers': version_layers,
    },
    createdAt: new Date().toISOString(),
  };
}

export function describeBackend({
  name,
  library,
  threads,
  fusedMultiplyAdd,
}: Backend): RunDescription['backend'] {
  return { name, library, threads, ...(fusedMultiplyAdd !== undefined && { fusedMultiplyAdd }) };
}
