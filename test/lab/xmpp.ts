/** What the two XMPP servers of the lab have in common. */
export const xmppDomain = 'lab.test';

export const header =
  `<?xml version='1.0'?><stream:stream to='${xmppDomain}' version='1.0' xmlns='jabber:client' ` +
  "xmlns:stream='http://etherx.jabber.org/streams'>";

export const accountsOf = (domain: string) =>
  ['parley', 'alice', 'bob'].map((name) => ({ name, jid: `${name}@${domain}`, password: `${name}-xmpp` }));
