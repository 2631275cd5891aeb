/** A cause inside an error, as `error_chain` carries it. */
export interface RefusalCause {
  readonly code: number;
  readonly message: string;
}

/**
 * An error answer of the Cloudflare API: HTTP status, code and text.
 * Where each code was seen: docs/cloudflare-double.md.
 */
export class CloudflareRefusal extends Error {
  override readonly name = 'CloudflareRefusal';
  readonly status: number;
  readonly code: number;
  readonly chain: readonly RefusalCause[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: number,
    message: string,
    chain: readonly RefusalCause[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.chain = chain;
    this.headers = headers;
  }
}

/** 1004: the real reason stands in the chain. */
export function invalidRecord(code: number, message: string): CloudflareRefusal {
  return new CloudflareRefusal(400, 1004, 'DNS Validation Error', [{ code, message }]);
}

/** Newer refusals come without the 1004 around them. */
export function invalidContent(code: number, message: string): CloudflareRefusal {
  return new CloudflareRefusal(400, code, message);
}

export function invalidBody(): CloudflareRefusal {
  return new CloudflareRefusal(400, 9207, 'Request body is invalid.');
}

export function recordMissing(): CloudflareRefusal {
  return new CloudflareRefusal(404, 81044, 'Record does not exist.');
}

export function quotaReached(): CloudflareRefusal {
  return new CloudflareRefusal(400, 81045, 'Record quota exceeded.');
}

/** The shape of the identifier is wrong, so no route matches. */
export function noRoute(path: string): CloudflareRefusal {
  return new CloudflareRefusal(
    404,
    7003,
    `Could not route to ${path}, perhaps your object identifier is invalid?`,
    [],
  );
}

/** The path is known, the method is not one of its own. */
export function noMethod(method: string): CloudflareRefusal {
  return new CloudflareRefusal(405, 7001, `Method ${method} not available for that URI.`);
}

export function hostTaken(code: 81053 | 81054 | 81056 | 81058): CloudflareRefusal {
  const text = {
    81053: 'An A, AAAA, or CNAME record with that host already exists.',
    81054: 'A CNAME record with that host already exists.',
    81056: 'NS records with that host already exist.',
    81058: 'An identical record already exists.',
  };
  return new CloudflareRefusal(400, code, text[code]);
}
