import { execFileSync } from 'node:child_process';

/** Whether a command succeeds here; prints why tests that need it are left out where it does not. */
function works(what: string, command: readonly string[]): boolean {
  try {
    execFileSync(command[0], command.slice(1), { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`not tried here: ${what} (${command.join(' ')} does not work)`);
    return false;
  }
}

/** Processes that count from 1, as in a container. */
export const hasNamespaces = (): boolean =>
  works('PID namespaces', ['unshare', '-rpf', '--mount-proc', 'true']);

/** A clock of one's own, as restored containers have it. */
export const hasTimeNamespaces = (): boolean =>
  works('time namespaces', ['unshare', '-rT', '--boottime', '100000', 'true']);

/** File systems of one's own. */
export const hasMounts = (): boolean =>
  works('mounts', ['unshare', '-rm', 'sh', '-c', 'mount -t tmpfs none /mnt']);
