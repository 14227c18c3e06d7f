import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sweep } from '../runs/sweep.js';

export const SCHEDULERS = ['slurm', 'kubernetes', 'parallel'] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

/** How often a run that failed is tried again. */
const RETRIES = 3;
/** The same of one that was killed: it went on from its checkpoint each time, but may have been killed for one reason. */
const RETRIES_OF_KILLED = 30;
/** Slurm holds a job that lost its node five times, so before that another job takes over. */
const REQUEUES_OF_A_JOB = 3;
/** Between the signal and the kill: time to finish a step and to write a checkpoint. */
const GRACE_SECONDS = 60;
const PROGRAM = fileURLToPath(new URL('../../bin/gan-mnist.js', import.meta.url));

/** What is submitted to train a sweep: a job array, a manifest, or a script for GNU Parallel. */
export function scriptOf(sweep: Sweep, scheduler: Scheduler): string {
  return { slurm, kubernetes, parallel }[scheduler](sweep);
}

/** In single quotes for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** This program, as it runs here: the same paths are expected on the other machines. */
const command = ({ folder }: Sweep): string =>
  [process.execPath, PROGRAM, 'sweep', 'run', resolve(folder)].map(quoted).join(' ');

/**
 * A job array of Slurm. A run that is preempted, whose node is lost or that fails goes back into the queue; one that says
 * that another try is useless does not.
 */
function slurm(sweep: Sweep): string {
  const log = resolve(sweep.folder, 'slurm-%a.log');
  return `#!/bin/bash
# Submit with: sbatch THIS-FILE. Submitted again it goes on with what is not done.
# What your cluster wants of a job (a partition, an account, a time limit) belongs in lines like these, since this file submits itself too.
#SBATCH --job-name=gan-mnist
#SBATCH --array=0-${sweep.runs.length - 1}
#SBATCH --cpus-per-task=${sweep.threads}
#SBATCH --requeue
#SBATCH --signal=B:TERM@${GRACE_SECONDS}
#SBATCH --open-mode=append
#SBATCH --output=${log}

index=$SLURM_ARRAY_TASK_ID
restarts=\${SLURM_RESTART_COUNT:-0}
before=$((\${1:-0} + restarts)) # times that this run was begun, by earlier jobs too
# A job that lost its node five times is held (JobHoldMaxRequeue) until somebody releases it: a new one takes over before.
if [ "$restarts" -ge ${REQUEUES_OF_A_JOB} ] && env -u SLURM_RESTART_COUNT sbatch --array="$index" "$0" "$before"; then
  exit 0
fi

${command(sweep)} --index "$index" &
run=$!
trap 'kill -TERM "$run"' TERM
wait "$run"
code=$?
# A signal ends the first wait before the run has saved.
while kill -0 "$run" 2>/dev/null; do wait "$run"; code=$?; done
case "$code" in
  0 | 2 | 3) again=no ;;
  75) again=yes ;; # preempted, with a checkpoint
  1) [ "$before" -lt ${RETRIES} ] && again=yes || again=no ;;
  *) [ "$before" -lt ${RETRIES_OF_KILLED} ] && again=yes || again=no ;; # killed, as on a node that runs out of memory
esac
[ "$again" = yes ] && scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$index"
exit "$code"
`;
}

/**
 * An Indexed Job of Kubernetes (batch/v1, from 1.29 on for backoffLimitPerIndex). The image and the claim of a volume that
 * holds the sweep's folder are to be filled in.
 */
function kubernetes(sweep: Sweep): string {
  return `# Set the image and the volume's claim, then: kubectl create -f THIS-FILE
apiVersion: batch/v1
kind: Job
metadata:
  generateName: gan-mnist-
spec:
  completionMode: Indexed
  completions: ${sweep.runs.length}
  parallelism: ${Math.min(sweep.runs.length, 10)}
  backoffLimitPerIndex: ${RETRIES}
  podFailurePolicy:
    rules:
      - action: FailIndex
        onExitCodes:
          containerName: run
          operator: In
          values: [2]
      - action: Ignore
        onExitCodes:
          containerName: run
          operator: In
          values: [75]
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: ${GRACE_SECONDS}
      containers:
        - name: run
          image: IMAGE-WITH-GAN-MNIST
          command: ["gan-mnist", "sweep", "run", ${JSON.stringify(resolve(sweep.folder))}]
          resources:
            requests:
              cpu: "${sweep.threads}"
              memory: 1Gi
          volumeMounts:
            - name: runs
              mountPath: ${JSON.stringify(resolve(sweep.folder))}
      volumes:
        - name: runs
          persistentVolumeClaim:
            claimName: CLAIM-WITH-THE-SWEEP
`;
}

/** GNU Parallel, here or on other machines over ssh; started again it goes on with what is not done. */
function parallel(sweep: Sweep): string {
  const log = quoted(resolve(sweep.folder, 'parallel.log'));
  return `#!/bin/sh
# Run with: sh THIS-FILE [options of parallel, as --jobs 2 --sshlogin node1,node2]
seq 0 ${sweep.runs.length - 1} | parallel --retries ${RETRIES + 1} --joblog ${log} --line-buffer --termseq TERM,${1000 * GRACE_SECONDS},KILL,25 "$@" ${quoted(`${command(sweep)} --index {}`)}
`;
}
