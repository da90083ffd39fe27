import type { Shown } from '../arrivals.ts';
import { TextSocket } from './text-socket.ts';

export type XmppUser = { host: string; port: number; domain: string; name: string; password: string };

/** What an XMPP client shows of a piece that ended with a message. */
export function shownInStanza(piece: string): Shown[] {
  const stanza = piece.slice(piece.lastIndexOf('<message'));
  const attribute = (name: string) => new RegExp(`^<message[^>]* ${name}=['"]([^'"]*)`).exec(stanza)?.[1];
  const text = /<body>([^<]*)<\/body>/.exec(stanza)?.[1];
  const from = attribute('from');
  const id = attribute('id') ?? text;
  return text === undefined || from === undefined || id === undefined
    ? []
    : [{ id, chat: from.split('/')[0] ?? from, text }];
}

/** A client without TLS that signs in by PLAIN and says that it is there; it answers nothing by itself. */
export async function openXmppClient({ host, port, domain, name, password }: XmppUser): Promise<TextSocket> {
  const socket = await TextSocket.open({ host, port }, '</message>', shownInStanza);
  const stream =
    `<?xml version='1.0'?><stream:stream to='${domain}' version='1.0' xmlns='jabber:client' ` +
    "xmlns:stream='http://etherx.jabber.org/streams'>";
  const secret = Buffer.from(`\0${name}\0${password}`).toString('base64');
  try {
    await socket.ask(stream, /<mechanism>PLAIN<.*<\/stream:features>/);
    await socket.ask(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`, /<success/);
    await socket.ask(stream, /<bind.*<\/stream:features>/);
    await socket.ask(
      "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bench</resource></bind></iq>",
      /<iq[^>]*id=['"]bind['"][^>]*>.*<\/iq>/,
    );
    await socket.ask('<presence/>', /<presence/);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
