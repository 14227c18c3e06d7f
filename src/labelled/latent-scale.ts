import { readRunDescription } from '../runs/run-description.js';
import type { RunModels } from '../runs/run-models.js';

/**
 * A model of one digit makes fewer of its unusual forms than there are. A wider z brings more of them: ARCHITECTURE.md has the
 * figures. 1.15 is from another ten models, trained in PyTorch, of 1, 1.15 and 1.3.
 */
const WIDER = 1.15;

/** By how much z is scaled where the user does not say: more than 1 for models of one digit with a normal z. */
export function defaultLatentScale(found: RunModels): number {
  if (found.kind === 'all-digits') return 1;
  const isWider = (folder: string): boolean => {
    const { latent, conditional } = readRunDescription(folder).options;
    return latent === 'normal' && !conditional;
  };
  return [...found.folders.values()].every(isWider) ? WIDER : 1;
}
