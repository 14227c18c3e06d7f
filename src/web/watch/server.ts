import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { UserError } from '../../errors.js';
import { checkOwnFiles } from '../../runs/own-files.js';
import { EventStream } from './event-stream.js';
import { echartsCode } from '../page.js';
import { nameOf } from '../../runs/run-data.js';
import { readSampleFile } from '../sample-file.js';
import { watchPage } from './page.js';

export const LOOPBACK = '127.0.0.1';

/** Names of this machine for itself. A page elsewhere whose name was made to lead here (DNS rebinding) sends its own. */
const OWN_NAMES = new Set([LOOPBACK, 'localhost', '[::1]']);

const SAMPLE = /^\/samples\/([1-9]\d{0,6})$/;

export interface WatchServer {
  readonly url: string;
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Serves the page of a run on loopback: the page, the chart's code, the run's sample grids by their epoch, and events.
 *
 * @param port 0 takes any free one.
 * @throws UserError where the port is in use or not ours to take, or where the folder has links out of it.
 */
export async function startWatchServer(folder: string, port: number): Promise<WatchServer> {
  checkOwnFiles(folder);
  const events = new EventStream(folder);
  const page = watchPage(nameOf(folder));
  const server = createServer((request, response) => {
    answer(request, response, { folder, page, events });
  });
  try {
    await listen(server, port);
  } catch (error) {
    // Its timers would keep the process alive.
    events.close();
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port was given');
  return {
    url: `http://${LOOPBACK}:${address.port}/`,
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
  readonly folder: string;
  readonly page: string;
  readonly events: EventStream;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, page, events }: Served,
): void {
  const send = (status: number, type: string, body: string | Uint8Array): void => {
    response.writeHead(status, {
      'Content-Type': type,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const refuse = (status: number, reason: string): void =>
    send(status, 'text/plain; charset=utf-8', `${reason}\n`);

  if (!isOwnHost(request.headers.host)) return refuse(403, 'only for this machine');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(405, 'only GET and HEAD');
  }
  const [path] = (request.url ?? '').split('?');
  if (path === '/') return send(200, 'text/html; charset=utf-8', page);
  if (path === '/echarts.js') return send(200, 'text/javascript; charset=utf-8', echartsCode());
  if (path === '/events')
    return request.method === 'GET' ? events.add(response) : send(200, '', '');
  const epoch = SAMPLE.exec(path)?.[1];
  const png = epoch === undefined ? undefined : readSampleFile(folder, Number(epoch));
  return png === undefined ? refuse(404, 'not found') : send(200, 'image/png', png);
}

/** Whether the Host header names this machine; its port is of no matter. */
function isOwnHost(host = ''): boolean {
  return OWN_NAMES.has(host.replace(/:\d+$/, '').toLowerCase());
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const advice = 'expected a free one: name another, or --port 0 for any';
    if (code === 'EADDRINUSE')
      throw new UserError(`--port: found ${port} in use by another program, ${advice}`);
    if (code === 'EACCES')
      throw new UserError(`--port: found ${port}, which this user may not take, ${advice}`);
    throw error;
  }
}
