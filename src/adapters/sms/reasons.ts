function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    // The HTTP client gives its own parser's errors a name, but not always a code.
    if (at.name === 'HTTPParserError') return 'HPE_UNKNOWN';
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
  }
  return '';
}

export type Failure = {
  why: string;
  /** No byte of a request can have reached the other side. */
  beforeSending: boolean;
  /** Something answered, if not in the way expected. */
  answered: boolean;
};

/** Says in plain English why a connection to `peer` failed. `protocol` is what the other side should have spoken. */
export function explain(error: unknown, peer: string, protocol: string): Failure {
  const code = codeOf(error);
  const host = peer.replace(/:\d+$/, '');
  const never = (why: string): Failure => ({ why, beforeSending: true, answered: false });
  switch (code) {
    case 'ECONNREFUSED':
      return never(`connection refused by ${peer}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return never(`the name ${host} cannot be resolved (DNS)`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return never(`${peer} cannot be reached from here`);
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return never(`${peer} did not answer in time`);
    case 'CERT_HAS_EXPIRED':
      return never(`the certificate of ${host} expired`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return never(`the certificate of ${host} is for another name`);
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_NOT_YET_VALID':
      return never(`the certificate of ${host} cannot be trusted (${code})`);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return { why: `${peer} closed the connection`, beforeSending: false, answered: false };
    case '':
      return { why: `no connection to ${peer}`, beforeSending: false, answered: false };
  }
  if (code.startsWith('HPE_'))
    return { why: `${peer} did not speak ${protocol}`, beforeSending: false, answered: true };
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') {
    return never(`${peer} did not speak TLS as expected (${code})`);
  }
  return { why: `no connection to ${peer} (${code})`, beforeSending: false, answered: false };
}
