import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { checkPermission, UserError } from '../../errors.js';
import { EventStream } from './event-stream.js';
import { RunFollower } from './follower.js';
import { watchPage } from './page.js';
import { readWatchedPicture } from './pictures.js';

const LOOPBACK = '127.0.0.1';

/** Names of this machine for itself. A page elsewhere whose name was made to lead here (DNS rebinding) sends its own. */
const OWN_NAMES = new Set([LOOPBACK, 'localhost', '[::1]']);
const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);
const TOKEN_BYTES = 16;

export interface WatchServer {
  readonly url: string;
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

export interface WatchRequest {
  /** Gives the folder of a run or a sweep; undefined while there is none. */
  readonly find: () => string | undefined;
  /** 0 takes any free one. */
  readonly port: number;
  /** Address of this machine, by which others may come too: they must know the page's address, which holds a random token. */
  readonly host?: string;
  /** Told of what was not foreseen. */
  readonly failed?: (error: unknown) => void;
}

/**
 * Serves the page of a run or a sweep: the page, pictures and events. To this machine alone, unless a host is named.
 *
 * @throws UserError where the port is in use or not ours to take, or the host is none of this machine's.
 */
export async function startWatchServer(request: WatchRequest): Promise<WatchServer> {
  const { find, port, host = LOOPBACK, failed = () => {} } = request;
  const isOpen = request.host !== undefined && !OWN_NAMES.has(host);
  const token = isOpen ? randomBytes(TOKEN_BYTES).toString('hex') : undefined;
  const follower = new RunFollower(find);
  const events = new EventStream(follower, failed);
  const served: Served = { find, events, root: token === undefined ? '/' : `/${token}/`, isOpen };
  const server = createServer((asked, response) => {
    answer(asked, response, served).catch((error: unknown) => {
      failed(error);
      response.destroy();
    });
  });
  try {
    await listen(server, port, host);
  } catch (error) {
    // Its timers would keep the process alive.
    events.close();
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port was given');
  return {
    url: `http://${nameFor(host)}:${address.port}${served.root}`,
    port: address.port,
    close: async () => {
      events.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Served {
  readonly find: () => string | undefined;
  readonly events: EventStream;
  /** What every path begins with. */
  readonly root: string;
  readonly isOpen: boolean;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { find, events, root, isOpen }: Served,
): Promise<void> {
  const send = (status: number, type: string, body: string | Uint8Array): void => {
    response.writeHead(status, {
      'Content-Type': type,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const refuse = (status: number, reason: string): void =>
    send(status, 'text/plain; charset=utf-8', `${reason}\n`);

  if (!isOpen && !isOwnHost(request.headers.host)) return refuse(403, 'only for this machine');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(405, 'only GET and HEAD');
  }
  const [whole] = (request.url ?? '').split('?');
  // Who does not know the token learns nothing, not even that there is something.
  if (`${whole}/` === root) {
    // As messengers shorten addresses.
    response.setHeader('Location', root);
    return refuse(308, root);
  }
  if (!whole.startsWith(root)) return refuse(404, 'not found');
  const path = whole.slice(root.length);
  if (path === '') return send(200, 'text/html; charset=utf-8', watchPage());
  if (path === 'events') return request.method === 'GET' ? events.add(response) : send(200, '', '');
  const png = readWatchedPicture(find(), path);
  return png === undefined ? refuse(404, 'not found') : send(200, 'image/png', png);
}

/** Whether the Host header names this machine; its port is of no matter. */
function isOwnHost(host = ''): boolean {
  return OWN_NAMES.has(host.replace(/:\d+$/, '').toLowerCase());
}

/** How others reach an address of this machine. */
function nameFor(host: string): string {
  const name = EVERY_ADDRESS.has(host) ? hostname() : host;
  return isIPv6(name) ? `[${name}]` : name;
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  checkPermission('net', 'serve a page');
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const advice = 'expected a free one: name another, or --port 0 for any';
    if (code === 'EADDRINUSE')
      throw new UserError(`--port: found ${port} in use by another program, ${advice}`);
    if (code === 'EACCES')
      throw new UserError(`--port: found ${port}, which this user may not take, ${advice}`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      throw new UserError(
        `--host: found ${host}, which ${isIP(host) ? 'is no address' : 'names no address'} of this machine, expected one, or 0.0.0.0 for all`,
      );
    throw error;
  }
}
