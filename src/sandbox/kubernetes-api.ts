import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Call } from './call-log.ts';
import type { Reply } from './faulty-answer.ts';
import { isObject, type JsonObject, objectAt, textAt } from './json-value.ts';
import { type AccessRules, type Attributes } from './kubernetes-access-rules.ts';
import { discoveryDocument } from './kubernetes-discovery.ts';
import { asStoredEvent } from './kubernetes-event.ts';
import { qualified, type ServedKinds } from './kubernetes-kinds.ts';
import { PagedLists } from './kubernetes-paged-lists.ts';
import type { StoredObject } from './kubernetes-object.ts';
import { applyPatch } from './kubernetes-patch.ts';
import { badRequest, jsonReply, KubernetesRefusal, pathMissing, textReply } from './kubernetes-refusal.ts';
import { attributesOf, type ObjectRequest, parseObjectPath } from './kubernetes-request.ts';
import { fieldSelector, labelSelector } from './kubernetes-selector.ts';
import type { ObjectStore } from './kubernetes-object-store.ts';
import { ObjectView } from './kubernetes-object-view.ts';
import { tooOld } from './kubernetes-watch-stream.ts';
import type { WatchSet } from './kubernetes-watch-set.ts';
import type { ObjectWriter } from './kubernetes-object-writer.ts';

/** The parts that one API server is made of. */
export interface ApiParts {
  readonly store: ObjectStore;
  readonly writer: ObjectWriter;
  readonly served: ServedKinds;
  readonly access: AccessRules;
  readonly watches: WatchSet;
  readonly now: () => Date;
  readonly bookmarkMs: () => number;
  /** How a watch from a version that is too old is refused. */
  readonly goneAs: () => 'event' | 'http';
  /** Answers a SelfSubjectAccessReview. */
  readonly review: (attributes: Attributes) => boolean;
}

/** From a request's path and body to its answer. Throws KubernetesRefusal. */
export class KubernetesApi {
  readonly lists = new PagedLists();
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /** Undefined for a watch, which answers by itself. */
  handle(
    call: Call,
    { authorization, accept }: IncomingHttpHeaders,
    response: ServerResponse,
  ): Reply | undefined {
    const { access, served } = this.#parts;
    if (['/healthz', '/readyz', '/livez'].includes(call.path)) {
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' };
    }
    // Health and version are there for anybody, as in a real server.
    if (call.path !== '/version') access.authenticate(authorization);
    if (call.contentType.includes('protobuf')) {
      throw new KubernetesRefusal(
        415,
        'UnsupportedMediaType',
        'the sandbox reads JSON only: use kubectl apply -f',
      );
    }
    if (call.method === 'POST' && call.path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
      return this.#accessReview(call.body);
    }
    const request = parseObjectPath(call, served);
    if (request === undefined) {
      const document = call.method === 'GET' ? discoveryDocument(call.path, served) : undefined;
      return document === undefined ? pathMissing() : jsonReply(200, document);
    }
    access.authorize(attributesOf(request));
    if (call.query['dryRun'] !== undefined && call.method !== 'GET') {
      throw badRequest('the sandbox does not offer dryRun');
    }
    const table =
      call.method === 'GET' && accept?.includes('as=Table') === true ? this.#parts.now : undefined;
    return this.#serve(call, request, new ObjectView(request.kind, request.version, table), response);
  }

  #serve(call: Call, request: ObjectRequest, view: ObjectView, response: ServerResponse): Reply | undefined {
    const { writer } = this.#parts;
    const { kind, namespace, name, subresource, verb } = request;
    const part = subresource === 'status' ? 'status' : 'object';
    switch (verb) {
      case 'get':
        return textReply(200, view.text(writer.get(kind, namespace, name)));
      case 'list':
        return textReply(200, this.#list(call, request, view));
      case 'watch':
        return this.#watch(call, request, view, response);
      case 'create':
        return textReply(201, view.text(writer.create(kind, namespace, bodyOf(call.body, view))));
      case 'update': {
        const stored = writer.replace(kind, namespace, name, bodyOf(call.body, view), part);
        return textReply(200, view.text(stored));
      }
      case 'patch':
        return this.#patch(call, request, view, part);
      case 'delete':
        return this.#delete(call, request, view);
      case 'deletecollection':
        for (const { namespace: place, name: each } of this.#matching(call, request, view)) {
          writer.remove(kind, place, each);
        }
        return jsonReply(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
      default:
        throw new KubernetesRefusal(
          405,
          'MethodNotAllowed',
          'the server does not allow this method on the requested resource',
        );
    }
  }

  #matching(call: Call, request: ObjectRequest, view: ObjectView): StoredObject[] {
    const includes = selection(call, request, view);
    return this.#parts.store.list(request.kind).filter(includes);
  }

  #list(call: Call, request: ObjectRequest, view: ObjectView): string {
    const { limit, continue: token, resourceVersion } = call.query;
    const size = Math.max(0, Number(limit ?? 0)) || 0;
    if (token !== undefined && token !== '') return this.lists.next(view, token, size);
    // A list from the server's cache (version 0) is never paged.
    const paged = resourceVersion === '0' ? 0 : size;
    return this.lists.first(view, this.#matching(call, request, view), this.#parts.store.version, paged);
  }

  #watch(call: Call, request: ObjectRequest, view: ObjectView, response: ServerResponse): undefined {
    const { store, watches, bookmarkMs, goneAs } = this.#parts;
    const { resourceVersion = '', timeoutSeconds, allowWatchBookmarks, sendInitialEvents } = call.query;
    if (!/^\d*$/.test(resourceVersion))
      throw badRequest(`resourceVersion: Invalid value: "${resourceVersion}"`);
    const initial = sendInitialEvents === 'true';
    const since =
      resourceVersion === '' || resourceVersion === '0' || initial ? undefined : Number(resourceVersion);
    if (since !== undefined && goneAs() === 'http' && store.since(request.kind, since) === undefined) {
      throw tooOld(store);
    }
    call.status = 200;
    watches.open({
      view,
      response,
      includes: selection(call, request, view),
      since,
      bookmarks: allowWatchBookmarks === 'true' || allowWatchBookmarks === '1',
      bookmarkMs: bookmarkMs(),
      timeoutMs: timeoutSeconds === undefined ? undefined : Number(timeoutSeconds) * 1000,
      markInitialEnd: initial,
    });
    return undefined;
  }

  #patch(call: Call, request: ObjectRequest, view: ObjectView, part: 'object' | 'status'): Reply {
    const { writer, store } = this.#parts;
    const { kind, namespace, name } = request;
    const serverSide = call.contentType.startsWith('application/apply-patch');
    if (serverSide && (call.query['fieldManager'] ?? '') === '') {
      throw badRequest('fieldManager: Required value: is required for apply patch');
    }
    const body = isObject(call.body) ? withoutType(call.body) : call.body;
    const old = store.find(kind, namespace, name);
    if (old === undefined && serverSide && part === 'object' && isObject(body)) {
      const metadata = { ...objectAt(body, 'metadata'), name };
      return textReply(201, view.text(writer.create(kind, namespace, stored({ ...body, metadata }, view))));
    }
    const before = view.object(writer.get(kind, namespace, name));
    const next = stored(applyPatch(before, body, call.contentType), view);
    return textReply(200, view.text(writer.replace(kind, namespace, name, next, part)));
  }

  #delete(call: Call, { kind, namespace, name }: ObjectRequest, view: ObjectView): Reply {
    const { writer, store } = this.#parts;
    const last = writer.remove(kind, namespace, name, objectAt(call.body, 'preconditions'));
    if (store.find(kind, namespace, name) !== undefined) return textReply(200, view.text(last));
    const details = { name, kind: kind.plural, uid: last.object.metadata.uid };
    return jsonReply(200, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: kind.group === '' ? details : { ...details, group: kind.group },
    });
  }

  #accessReview(body: unknown): Reply {
    const asked = objectAt(body, 'spec', 'resourceAttributes');
    const word = (member: string): string => textAt(asked, member) ?? '';
    const subresource = word('subresource');
    const allowed = this.#parts.review({
      verb: word('verb'),
      group: word('group'),
      resource: subresource === '' ? word('resource') : `${word('resource')}/${subresource}`,
      namespace: word('namespace'),
      name: word('name'),
    });
    const review = isObject(body) ? body : {};
    return jsonReply(201, { ...review, status: { allowed } });
  }
}

function selection(
  call: Call,
  { namespace, name }: ObjectRequest,
  view: ObjectView,
): (stored: StoredObject) => boolean {
  const labels = labelSelector(call.query['labelSelector']);
  const fields = fieldSelector(call.query['fieldSelector']);
  return (stored) => {
    if (namespace !== '' && stored.namespace !== namespace) return false;
    if (name !== '' && stored.name !== name) return false;
    return labels(stored.object) && fields(view.object(stored));
  };
}

/** The body as a whole object, in the form it is stored in. */
function bodyOf(body: unknown, view: ObjectView): JsonObject {
  if (!isObject(body)) throw badRequest('the object provided is unrecognized (must be of type JSON)');
  const { kind, apiVersion } = body;
  if (kind !== view.kind.kind || apiVersion !== view.apiVersion) {
    throw badRequest(
      `${String(kind)} in version ${String(apiVersion)} cannot be handled as ${qualified(view.kind)} of ${view.apiVersion}`,
    );
  }
  return stored(body, view);
}

function stored(object: JsonObject, { kind }: ObjectView): JsonObject {
  return kind.kind === 'Event' && kind.group === '' ? asStoredEvent(object) : object;
}

/** A patch may name the object's type; it does not change it. */
function withoutType(patch: JsonObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = patch;
  return rest;
}
