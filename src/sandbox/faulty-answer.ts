import type { ServerResponse } from 'node:http';
import type { Call } from './call-log.ts';
import type { Fault } from './fault-queue.ts';
import { isObject, parseJson } from './json-value.ts';

/** A complete answer, not yet sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answering {
  readonly call: Call;
  readonly response: ServerResponse;
  readonly fault: Fault | undefined;
  /** Does what the request asks for; called at most once. Undefined when it answers by itself (a stream). */
  readonly work: () => Reply | undefined;
  /** The server's own wording of a refusal. */
  readonly refuse: (fault: Fault) => Reply;
}

const portalPage = '<!doctype html><title>Sign in</title><p>Sign in to use this network.';

/** Answers a request, with its fault where it has one. */
export async function answer({ call, response, fault, work, refuse }: Answering): Promise<void> {
  const send = (reply: Reply | undefined): void => {
    if (reply !== undefined) sendReply(call, response, reply);
  };
  if (fault === undefined) {
    send(work());
    return;
  }
  switch (fault.kind) {
    case 'status':
    case 'success-false':
      if (fault.applied === true) work();
      send(refuse(fault));
      return;
    case 'html200':
      if (fault.applied === true) work();
      send({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: portalPage });
      return;
    case 'hang-headers':
      if (fault.applied === true) work();
      return;
    case 'hang-body': {
      const reply = work();
      if (reply !== undefined) sendHalf(call, response, reply);
      return;
    }
    case 'reset-before':
      response.socket?.resetAndDestroy();
      return;
    case 'reset-after':
      work();
      response.socket?.resetAndDestroy();
      return;
    case 'delay': {
      const early = fault.applied === true ? work() : undefined;
      await new Promise<void>((resolve) => setTimeout(resolve, fault.ms ?? 0).unref());
      send(early ?? work());
      return;
    }
    case 'short-list': {
      const reply = work();
      if (reply !== undefined) send(shorten(reply, fault.drop ?? 1));
      return;
    }
    case 'truncated-json': {
      const reply = work();
      if (reply !== undefined)
        send({ ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) });
    }
  }
}

function sendReply(call: Call, response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  call.status = reply.status;
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

function sendHalf(call: Call, response: ServerResponse, reply: Reply): void {
  call.status = reply.status;
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.write(reply.body.slice(0, Math.ceil(reply.body.length / 2)));
}

function shorten(reply: Reply, drop: number): Reply {
  const body = parseJson(reply.body);
  if (!isObject(body)) return reply;
  for (const key of ['result', 'items']) {
    const list: unknown = body[key];
    if (Array.isArray(list)) body[key] = list.slice(0, Math.max(0, list.length - drop));
  }
  return { ...reply, body: JSON.stringify(body) };
}
