import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from './self-signed-certificate.ts';

/** Ends TLS in front of a plain server on this machine, as a cluster and Cloudflare are never without it. @returns its port */
export async function tlsFront(certificate: Certificate, port: number): Promise<number> {
  const server = createServer({ ...certificate, noDelay: true }, (socket) => {
    const inner = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has one
  return (server.address() as AddressInfo).port;
}
