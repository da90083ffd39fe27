import { answer } from './children.ts';
import { writeStamped } from './pacing.ts';
import type { TextSocket } from './peers/text-socket.ts';
import { openXmppClient, type XmppUser } from './peers/xmpp-client.ts';

/** Somebody on an XMPP server who writes stamped messages. */
let socket: TextSocket | undefined;

const writeTo = (to: string) => async (text: string) => {
  if (!socket) throw new Error('not signed in');
  const id = text.split(' ')[0];
  await socket.write(`<message to='${to}' type='chat' id='${id}'><body>${text}</body></message>`);
};

answer({
  signIn: async (user: XmppUser) => {
    socket = await openXmppClient(user);
  },
  rate: (perSecond: number, seconds: number, { to }: { to: string }) =>
    writeStamped(Math.round(perSecond * seconds), perSecond, writeTo(to)),
  burst: (count: number, { to }: { to: string }) => writeStamped(count, undefined, writeTo(to)),
});
