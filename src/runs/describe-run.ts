import { version_core } from '@tensorflow/tfjs-core';
import { version_layers } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backends/index.js';
import type { DataSet } from '../data/image-set.js';
import { VERSION } from '../version.js';
import type { RunOptions } from '../gan/options.js';
import { ownPartNames, type OwnParts } from '../gan/own.js';
import type { RunDescription } from './run-description.js';

/** What a run's options.json is to say. */
export function describeRun(
  options: RunOptions,
  {
    dataFolder,
    checkpointEvery = 1,
    from,
  }: {
    readonly dataFolder?: string;
    readonly checkpointEvery?: number;
    readonly from?: RunDescription['from'];
  },
  {
    mnist,
    backend,
    own = {},
  }: { readonly mnist: DataSet; readonly backend: Backend; readonly own?: OwnParts },
): RunDescription {
  const names = ownPartNames(own);
  return {
    options,
    ...(names.length > 0 && { own: names }),
    ...(from && { from }),
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
