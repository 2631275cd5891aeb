import type { Socket } from 'node:net';

/**
 * Holds the number of connections down: one too many ends the oldest. A crowd that opens connections and holds them
 * cannot keep a probe out, whose own is new and short.
 */
export class Crowd {
  readonly #most: number;
  /** In order of arrival. */
  readonly #sockets = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#sockets.size <= this.#most) return;
    const [oldest] = this.#sockets;
    if (oldest === undefined) return;
    this.#sockets.delete(oldest);
    oldest.destroy();
  }
}
