import { beforeEach, describe, expect, it } from 'vitest';
import type { Event } from '../../sdk/index.js';
import { Book } from './cursor.js';
import { MessageIds } from './ids.js';
import { Inbound } from './inbound.js';

const own = 'me@parley.test';
const at = Date.UTC(2026, 10, 24, 12);
const ids = new MessageIds(Buffer.alloc(32, 7).toString('base64'), own);
const ours = ids.mint('k', 'to:alice@x.test');
let inbound: Inbound;
beforeEach(() => {
  inbound = new Inbound(ids, own, new Book(undefined, ''), () => at);
});

const read = async (mail: string): Promise<Event> => {
  const source = Buffer.from(mail.replace(/\r?\n/g, '\r\n'));
  const [event] = await inbound.events({ uid: 1, at, source, cut: false }, { backfill: false, sent: false });
  if (!event) throw new Error('no event');
  return event;
};

const report = (action: string, more = '') => `From: MAILER-DAEMON@x.test
To: ${own}
Subject: About your mail
Message-ID: <dsn@x>
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Words for people.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; x.test

Final-Recipient: rfc822; alice@x.test
Action: ${action}
Status: 4.2.2
Diagnostic-Code: smtp; 452 4.2.2 mailbox full
${more}
--b
Content-Type: text/rfc822-headers

From: ${own}
Message-ID:
 ${ours}

--b--
`;

describe('reports by the book', () => {
  it('prove failure and delivery', async () => {
    expect(await read(report('failed'))).toMatchObject({
      ...{ type: 'receipt', target: ours, proves: 'failed', reason: 'alice@x.test: 452 4.2.2 mailbox full' },
    });
    expect(await read(report('delivered'))).toMatchObject({ type: 'receipt', target: ours, proves: 'delivered' });
  });

  it('tell of a delay in the chat it is about, and prove nothing', async () => {
    const until = 'Will-Retry-Until: Thu, 26 Nov 2026 12:00:00 +0000';
    expect(await read(report('delayed', until))).toMatchObject({
      type: 'message',
      chat: { id: 'to:alice@x.test' },
      format: 'system',
      text: expect.stringMatching(/^Not delivered yet: alice@x\.test: 452 4\.2\.2 mailbox full\. .*until Thu, 26 Nov/),
    });
  });

  it('prove no more than is known: where a mail only went on, or is somebody else’s', async () => {
    expect(await read(report('relayed'))).toMatchObject({ type: 'receipt', target: ours, proves: 'sent' });
    expect((await read(report('in-a-dream'))).type).toBe('message');
    expect((await read(report('failed').replace(ours, '<other@x>'))).type).toBe('message');
  });
});

/** As these servers really write; the addresses are ours. */
const bounces: Record<string, { mail: string; reason: string }> = {
  qmail: {
    mail: `From: MAILER-DAEMON@mail.x.test
To: ${own}
Subject: failure notice
Message-ID: <q@x>

Hi. This is the qmail-send program at mail.x.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<alice@x.test>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <${own}>
From: ${own}
Message-ID: ${ours}
Subject: Hi

hello
`,
    reason: '5.1.1',
  },
  exim: {
    mail: `From: Mail Delivery System <Mailer-Daemon@x.test>
To: ${own}
Auto-Submitted: auto-replied
X-Failed-Recipients: alice@x.test
Subject: Mail delivery failed: returning message to sender
Message-ID: <e@x>

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  alice@x.test
    host mx.x.test [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<alice@x.test>:
    550 5.1.1 <alice@x.test>: Recipient address rejected: User unknown

------ This is a copy of the message, including all the headers. ------

Received: from me
Message-Id: ${ours}
Subject: Hi

hello
`,
    reason: 'alice@x.test: 550 5.1.1 <alice@x.test>: Recipient address rejected: User unknown',
  },
  'a mail with the original attached': {
    mail: `From: postmaster@x.test
To: ${own}
Subject: Undeliverable: Hi
Message-ID: <x@x>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

Delivery has failed to these recipients: alice@x.test
The mailbox is full.
--b
Content-Type: message/rfc822
Content-Disposition: attachment

From: ${own}
Message-ID: ${ours}

hello
--b--
`,
    reason: 'Undeliverable: Hi',
  },
};

describe('bounces in words', () => {
  it.each(Object.entries(bounces))('are understood: %s', async (_name, { mail, reason }) => {
    expect(await read(mail)).toMatchObject({
      ...{ type: 'receipt', target: ours, proves: 'failed', reason: expect.stringContaining(reason) },
    });
  });

  it('that only warn fail nothing', async () => {
    const { mail } = bounces.exim!;
    const warning = mail
      .replace(/Subject: .*/, 'Subject: Warning: message 1abc delayed 24 hours')
      .replace(/This is a permanent error.*/, 'It will be retried.');
    expect(await read(warning)).toMatchObject({
      ...{ type: 'message', format: 'system', chat: { id: 'to:alice@x.test' } },
      text: expect.stringMatching(/^Not delivered yet/),
    });
  });

  it('are not believed from people, about other mail, or without a word of failure', async () => {
    const { mail } = bounces.exim!;
    const person = mail
      .replace(/^From: .*/m, 'From: alice@x.test')
      .replace(/^(Auto-Submitted|X-Failed-Recipients): .*\n/gm, '');
    expect((await read(person)).type).toBe('message');
    expect((await read(mail.replace(ours, '<not-ours@x>'))).type).toBe('message');
    const absent = `From: alice@x.test\nTo: ${own}\nAuto-Submitted: auto-replied\nSubject: Re: Hi\nMessage-ID: <o@x>\nIn-Reply-To: ${ours}\n\nI am away.\n\n> Message-ID: ${ours}\n`;
    expect(await read(absent)).toMatchObject({ type: 'message', format: 'notice', chat: { id: 'to:alice@x.test' } });
  });
});
